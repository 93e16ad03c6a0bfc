import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.Collector;

/** What customers have spent, who is a VIP, how often they order, and what each category sells by the hour. */
public final class OrderProcessingJob {
  /** VIPs have spent this much. */
  static final BigDecimal VIP = new BigDecimal("1000.00");

  /** A session ends when a customer has not ordered for so long. */
  static final Duration SESSION = Duration.ofMinutes(1);

  public static void main(String[] args) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment().setParallelism(1);
    System.out.println("=== Flink Lesson 3: Advanced Stream Processing ===");
    var orders = Orders.of(env, args);
    var totals = orders.keyBy(Order::customerId).process(new CustomerTotals());
    totals.print("Customer Totals");
    totals.map(OrderProcessingJob::vipStatus).print("VIP Status");
    orders.keyBy(Order::customerId).process(new OrderFrequency()).print("Order Frequency");
    orders
        .keyBy(Order::category)
        .window(TumblingEventTimeWindows.of(Duration.ofHours(1)))
        .aggregate(new CategoryAnalysis())
        .print("Category Analysis");
    env.execute("OrderProcessingJob");
  }

  static String vipStatus(Customer customer) {
    var status = customer.total.compareTo(VIP) >= 0 ? "VIP" : "REGULAR";
    return "%s: %s (total: %s, orders: %d)".formatted(customer.id, status, customer.total, customer.orders);
  }

  /** What a customer has spent, with how many orders. */
  public record Customer(String id, BigDecimal total, long orders) {
    @Override
    public String toString() {
      return "(%s, %s, %d)".formatted(id, total, orders);
    }
  }

  /** What the customer has spent so far, after each order. */
  static final class CustomerTotals extends KeyedProcessFunction<String, Order, Customer> {
    private transient ValueState<BigDecimal> total;
    private transient ValueState<Long> orders;

    @Override
    public void open(OpenContext context) {
      total = getRuntimeContext().getState(new ValueStateDescriptor<>("total", BigDecimal.class));
      orders = getRuntimeContext().getState(new ValueStateDescriptor<>("orders", Long.class));
    }

    @Override
    public void processElement(Order order, Context context, Collector<Customer> out) throws Exception {
      total.update(total.value() == null ? order.amount() : total.value().add(order.amount()));
      orders.update(orders.value() == null ? 1 : orders.value() + 1);
      out.collect(new Customer(order.customerId(), total.value(), orders.value()));
    }
  }

  /** Number of orders in a customer's session, after each order; a timer of event time ends the session. */
  static final class OrderFrequency extends KeyedProcessFunction<String, Order, String> {
    private transient ValueState<Long> orders;
    private transient ValueState<Long> end;

    @Override
    public void open(OpenContext context) {
      orders = getRuntimeContext().getState(new ValueStateDescriptor<>("orders", Long.class));
      end = getRuntimeContext().getState(new ValueStateDescriptor<>("end", Long.class));
    }

    @Override
    public void processElement(Order order, Context context, Collector<String> out) throws Exception {
      if (end.value() != null) {
        context.timerService().deleteEventTimeTimer(end.value());
      }
      // The watermark, and with it the timer, may come later than the next session's first order.
      var begins = end.value() == null || order.timestamp() > end.value();
      orders.update(begins ? 1 : orders.value() + 1);
      end.update(order.timestamp() + SESSION.toMillis());
      context.timerService().registerEventTimeTimer(end.value());
      var kind = orders.value() == 1 ? "NEW" : orders.value() < 5 ? "ACTIVE" : "FREQUENT";
      out.collect("%s: %d orders in session (%s CUSTOMER)".formatted(order.customerId(), orders.value(), kind));
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<String> out) {
      orders.clear();
      end.clear();
    }
  }

  /** Total, number, average and maximum of a category's orders. */
  static final class CategoryAnalysis implements AggregateFunction<Order, CategoryAnalysis.Sums, String> {
    record Sums(String category, BigDecimal total, long orders, BigDecimal max) {}

    @Override
    public Sums createAccumulator() {
      return new Sums("", BigDecimal.ZERO, 0, BigDecimal.ZERO);
    }

    @Override
    public Sums add(Order order, Sums sums) {
      return merge(sums, new Sums(order.category(), order.amount(), 1, order.amount()));
    }

    @Override
    public Sums merge(Sums a, Sums b) {
      return new Sums(b.category, a.total.add(b.total), a.orders + b.orders, a.max.max(b.max));
    }

    @Override
    public String getResult(Sums sums) {
      var average = sums.total.divide(BigDecimal.valueOf(sums.orders), 2, RoundingMode.HALF_UP);
      return "Category %s: total=%s, orders=%d, avg=%s, max=%s"
          .formatted(sums.category, sums.total, sums.orders, average, sums.max);
    }
  }
}

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Reads orders from Kafka and prints each with its event time. */
public final class KafkaConsumerExample {
  public static void main(String[] args) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment().setParallelism(1);
    System.out.println("=== Flink Lesson 2: Kafka Integration ===");
    Orders.of(env, args).process(new Describe()).print("Processed Orders");
    env.execute("KafkaConsumerExample");
  }

  static final class Describe extends ProcessFunction<Order, String> {
    @Override
    public void processElement(Order order, Context context, Collector<String> out) {
      System.out.println("Processing order: " + order);
      out.collect(
          "[%d] Order processed: %s (Customer: %s, Amount: $%s, Category: %s)"
              .formatted(context.timestamp(), order.orderId(), order.customerId(), order.amount(), order.category()));
    }
  }
}

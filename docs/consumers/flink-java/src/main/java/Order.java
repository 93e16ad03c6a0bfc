import java.math.BigDecimal;
import java.math.RoundingMode;

/** An order as it stands in the topic; money is decimal, so that sums are exact. */
public record Order(String orderId, String customerId, BigDecimal amount, long timestamp, String category) {
  /** JSON has 415.8 for 415.80. */
  public Order {
    amount = amount.setScale(2, RoundingMode.UNNECESSARY);
  }

  @Override
  public String toString() {
    return "Order{id=%s, customer=%s, amount=%s, category=%s}".formatted(orderId, customerId, amount, category);
  }
}

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.formats.json.JsonDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The topic {@code orders} in event time, up to 5 s out of order; arguments: {@code [BROKER [live]]}. */
final class Orders {
  static DataStream<Order> of(StreamExecutionEnvironment env, String[] args) {
    var live = args.length > 1 && args[1].equals("live");
    var source =
        KafkaSource.<Order>builder()
            .setBootstrapServers(args.length > 0 ? args[0] : "localhost:9092")
            .setTopics("orders")
            // A run that is over lies before the latest offset.
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new JsonDeserializationSchema<>(Order.class));
    WatermarkStrategy<Order> eventTime =
        WatermarkStrategy.<Order>forBoundedOutOfOrderness(Duration.ofSeconds(5))
            .withTimestampAssigner((order, ignored) -> order.timestamp());
    if (live) {
      // Five customers leave partitions empty, which would hold every window back forever.
      eventTime = eventTime.withIdleness(Duration.ofSeconds(5));
    } else {
      // Ends at what the topic holds now, which closes all windows; empty partitions end at once.
      // With idleness, a partition that only waits while others are read would lose its orders as late.
      source.setBounded(OffsetsInitializer.latest());
    }
    return env.fromSource(source.build(), eventTime, "orders");
  }
}

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Runs files of SQL: {@code Tables FILE...}; statements end with a semicolon at the end of a line. */
public final class Tables {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
      tables.getConfig().set("table.local-time-zone", "UTC");
      tables.getConfig().set("parallelism.default", "1");
      for (String statement : Files.readString(Path.of(file)).split(";\n")) {
        if (!statement.isBlank()) {
          var result = tables.executeSql(statement);
          if (statement.startsWith("INSERT")) {
            result.await();
          } else if (statement.startsWith("EXPLAIN") || statement.startsWith("DESCRIBE")) {
            result.print();
          }
        }
      }
    }
  }
}

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs files of SQL: {@code Tables FILE...}; statements end with a semicolon at the end of a line.
 *
 * Of a SELECT of one column it prints the rows that are left when all changes have been made.
 */
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
          } else if (statement.startsWith("SELECT")) {
            print(result.collect());
          } else if (statement.startsWith("EXPLAIN") || statement.startsWith("DESCRIBE")) {
            result.print();
          }
        }
      }
    }
  }

  private static void print(CloseableIterator<Row> changes) throws Exception {
    var rows = new TreeMap<String, Integer>();
    while (changes.hasNext()) {
      Row change = changes.next();
      boolean isThere = change.getKind() == RowKind.INSERT || change.getKind() == RowKind.UPDATE_AFTER;
      rows.merge(String.valueOf(change.getField(0)), isThere ? 1 : -1, Integer::sum);
    }
    changes.close();
    for (var row : rows.entrySet()) {
      for (int times = 0; times < Math.abs(row.getValue()); times++) {
        System.out.println((row.getValue() > 0 ? "row " : "missing ") + row.getKey());
      }
    }
  }
}

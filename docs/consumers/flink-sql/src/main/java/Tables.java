import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs files of SQL without a cluster: {@code Tables FILE...}; statements end with a semicolon at the end of a line.
 *
 * <p>The INSERTs of a file are one job, so that each of its tables is read once. Of a SELECT of one
 * column the rows are printed that are left when all changes have been made.
 */
public final class Tables {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      var tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
      tables.getConfig().set("table.local-time-zone", "UTC");
      tables.getConfig().set("table.dml-sync", "true");
      tables.getConfig().set("parallelism.default", "1");
      var job = tables.createStatementSet();
      var empty = true;
      for (String statement : Files.readString(Path.of(file)).split(";\n")) {
        var sql = statement.replaceFirst("^(\\s|--.*\n)*", "");
        if (sql.startsWith("INSERT")) {
          job.addInsertSql(sql);
          empty = false;
        } else if (!sql.isBlank()) {
          var result = tables.executeSql(sql);
          if (sql.startsWith("SELECT")) {
            print(result.collect());
          } else if (sql.startsWith("EXPLAIN") || sql.startsWith("DESCRIBE")) {
            result.print();
          }
        }
      }
      if (!empty) {
        job.execute();
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

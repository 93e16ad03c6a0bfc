import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Runs files of SQL without a cluster: {@code Tables FILE...}; statements end with a semicolon at the end of a line.
 *
 * <p>The INSERTs of a file are one job, so that each of its tables is read once.
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
          if (sql.startsWith("EXPLAIN") || sql.startsWith("DESCRIBE")) {
            result.print();
          }
        }
      }
      if (!empty) {
        job.execute();
      }
    }
  }
}

/** Runs SQL statements in DuckDB, where there is no Python to do it: `duckdb-host.ts <statement>...` */
import { DuckDBInstance } from '@duckdb/node-api'

const connection = await (await DuckDBInstance.create()).connect()
for (const statement of process.argv.slice(2)) await connection.run(statement)

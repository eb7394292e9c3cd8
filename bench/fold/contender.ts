import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CommandLine } from '../timed-process.ts'
import { clickHouseQuery } from './clickhouse-query.ts'
import { duckDbStatements } from './duckdb-query.ts'
import type { FoldJob } from './fold-case.ts'

/** A program that does the jobs of this benchmark, in a process of its own each time. */
export interface Contender {
  readonly name: string
  readonly isDuckDb: boolean
  command(job: FoldJob): CommandLine
}

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const twofold: Contender = {
  name: 'twofold',
  isDuckDb: false,
  command: ({ inputFile, outputFile, grain, eachIdOnce, threads }) => ({
    file: process.execPath,
    args: [
      pathOf('../../cli/twofold.ts'),
      ...['fold', inputFile, '--grain', grain, '--format', 'csv'],
      ...(eachIdOnce ? [] : ['--no-dedup']),
      ...(threads > 1 ? ['--threads', String(threads)] : []),
    ],
    outputFile,
  }),
}

/** All that are there. DuckDB is always among them, by Python if it can be: that is the newer one. */
export async function contenders(): Promise<readonly Contender[]> {
  const python = await probe('python3', ['-c', 'import sys; print(sys.executable)'])
  if (python === undefined) return [twofold, await duckDbByNode()]
  const duckDb = (await duckDbBy(python)) ?? (await duckDbByNode())
  const clickHouse = await clickHouseBy(python)
  return [twofold, duckDb, ...(clickHouse === undefined ? [] : [clickHouse])]
}

const duckDbScript = `
import duckdb, sys
connection = duckdb.connect()
for statement in sys.argv[1:]: connection.execute(statement)
`

async function duckDbBy(python: string): Promise<Contender | undefined> {
  const version = await probe(python, ['-c', 'import duckdb; print(duckdb.__version__)'])
  if (version === undefined) return undefined
  return {
    name: `DuckDB ${version}`,
    isDuckDb: true,
    command: (job) => ({ file: python, args: ['-c', duckDbScript, ...duckDbStatements(job)] }),
  }
}

export async function duckDbByNode(): Promise<Contender> {
  const { version } = await import('@duckdb/node-api')
  const script = pathOf('./duckdb-host.ts')
  return {
    name: `DuckDB ${version()} (Node)`,
    isDuckDb: true,
    command: (job) => ({ file: process.execPath, args: [script, ...duckDbStatements(job)] }),
  }
}

async function clickHouseBy(python: string): Promise<Contender | undefined> {
  const printed = 'import chdb; print(chdb.query("SELECT version()"))'
  const version = await probe(python, ['-c', printed])
  if (version === undefined) return undefined
  const script = 'import chdb, sys; chdb.query(sys.argv[1])'
  return {
    name: `ClickHouse ${version.replaceAll('"', '')}`,
    isDuckDb: false,
    command: (job) => ({ file: python, args: ['-c', script, clickHouseQuery(job)] }),
  }
}

/** What a program prints; undefined where it is not there, or fails. */
async function probe(file: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(file, args)).stdout.trim()
  } catch {
    return undefined
  }
}

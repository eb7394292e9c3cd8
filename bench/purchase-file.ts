import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import { type MadePurchasesOptions, type MadeTotals, madePurchases } from './made-purchases.ts'

export type Compression = 'plain' | 'gzip' | 'zstd'

/** Made purchases in files, in the folder for temporary ones, where a later run finds them. */
export interface PurchaseFile {
  readonly events: number
  readonly totals: MadeTotals
  /** The file's path, compressed so; made where it is not there yet. */
  path(compression: Compression): Promise<string>
  remove(): Promise<void>
}

const endings = { plain: '', gzip: '.gz', zstd: '.zst' }

export const benchFolder = join(tmpdir(), 'twofold-bench')

/** Made where it is not there from an earlier run. */
export async function purchaseFile(
  options: Required<Omit<MadePurchasesOptions, 'spanMs'>>,
): Promise<PurchaseFile> {
  const { events, seed, duplicates } = options
  await mkdir(benchFolder, { recursive: true })
  const plain = join(benchFolder, `purchases-${events}-${seed}-${duplicates}.ndjson`)
  const totalsFile = `${plain}.totals.json`
  const found = await readFile(totalsFile, 'utf8').catch(ifMissing)
  const totals =
    found === undefined ? await make(options, plain) : (JSON.parse(found) as MadeTotals)
  if (found === undefined) await writeFile(totalsFile, JSON.stringify(totals))
  const compressed = new Map<Compression, Promise<string>>([['plain', Promise.resolve(plain)]])
  return {
    events,
    totals,
    path(compression) {
      const path = compressed.get(compression) ?? compress(plain, compression)
      compressed.set(compression, path)
      return path
    },
    async remove() {
      const files = Object.values(endings).map((ending) => `${plain}${ending}`)
      await Promise.all([totalsFile, ...files].map((file) => rm(file, { force: true })))
    },
  }
}

/** Under its own name only once it is whole. */
async function make(options: MadePurchasesOptions, path: string): Promise<MadeTotals> {
  await using file = await open(`${path}.part`, 'w')
  const made = madePurchases(options)
  for (;;) {
    const { done, value } = made.next()
    if (done) {
      await rename(`${path}.part`, path)
      return value
    }
    await file.write(value)
  }
}

async function compress(plain: string, compression: Compression): Promise<string> {
  const path = `${plain}${endings[compression]}`
  const found = await open(path).catch(ifMissing)
  await found?.close()
  if (found !== undefined) return path
  const compressor = compression === 'gzip' ? createGzip() : createZstdCompress()
  await pipeline(createReadStream(plain), compressor, createWriteStream(`${path}.part`))
  await rename(`${path}.part`, path)
  return path
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

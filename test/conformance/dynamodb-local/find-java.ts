import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const names = process.platform === 'win32' ? ['java.exe'] : ['java']

/** The first `java` on a search path; undefined where there is none. */
export async function findJava(path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    for (const name of names) {
      const file = join(folder, name)
      const mayRun = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (mayRun) return file
    }
  }
  return undefined
}

/** There is a Java, and it can't be used. */
export class UnusableJava extends Error {
  override readonly name = 'UnusableJava'
}

const oldest = 17

/**
 * Its version, as 17 for 17.0.15.
 *
 * @throws {UnusableJava} where it tells none, or one that is too old.
 */
export async function javaVersion(java: string): Promise<number> {
  // It tells its version on the error output.
  const told = await promisify(execFile)(java, ['-version']).then(
    ({ stderr }) => stderr,
    (cause: Error) => cause.message,
  )
  const version = Number(/version "(\d+)/.exec(told)?.[1])
  if (!(version >= oldest)) {
    throw new UnusableJava(
      `DynamoDB Local needs Java ${oldest} or newer; ${java} -version tells:\n${told.trim()}`,
    )
  }
  return version
}

/*
 * What the comparison's tests use of vitest, in plain steps: each test runs as it is told, and the first
 * that fails ends all. A runner would take longer to start than most mutants take to be found.
 */

type Test = (...args: readonly unknown[]) => void

const names: string[] = []

/** The name of the test that runs. */
export const testName = () => names.join(' ')

export function describe(name: string, tell: Test): void {
  names.push(name)
  tell()
  names.pop()
}

export const it = Object.assign(describe, {
  each: (cases: readonly unknown[]) => (name: string, test: Test) => {
    for (const one of cases) {
      const args = Array.isArray(one) ? one : [one]
      describe(`${name} (${args.map((arg) => JSON.stringify(arg)).join()})`, () => test(...args))
    }
  },
})

export const expect = (found: unknown) => ({
  toBe(expected: unknown) {
    if (!Object.is(found, expected)) throw new Error(`Expected ${expected}, found ${found}`)
  },
})

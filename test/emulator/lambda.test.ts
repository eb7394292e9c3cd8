import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  createFunction,
  FunctionClosed,
  FunctionError,
  type FunctionOptions,
  FunctionTimeout,
  type LocalFunction,
} from '../../emulator/lambda/lambda.ts'
import { anyRuns } from '../local/process-state.ts'

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
}

function makeFunction(options: Partial<FunctionOptions> = {}): LocalFunction {
  const made = createFunction({
    name: 'fixture',
    file: fixture('function.mjs'),
    env: {},
    timeoutMs: 10_000,
    concurrency: 1,
    onLog: () => {},
    ...options,
  })
  onTestFinished(() => made.close())
  return made
}

describe('an invocation', () => {
  test('carries JSON in and out', async () => {
    const event = { do: 'echo', text: 'é\u2028\u0000', list: [1, null, true], big: 'x'.repeat(6e6) }
    const { invoke } = makeFunction()
    expect(await invoke(event)).toEqual(event)
    expect(await invoke({ do: 'return nothing' })).toBeNull()
  })

  test('gets the context that Lambda gives', async () => {
    const { invoke } = makeFunction()
    const context = await invoke({ do: 'tell context' })
    expect(context).toMatchObject({
      functionName: 'fixture',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture',
      awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
    })
    const { leftMs } = context as { leftMs: number }
    expect(leftMs).toBeGreaterThan(5_000)
    expect(leftMs).toBeLessThanOrEqual(10_000)
  })

  test('rejects with what the handler throws', async () => {
    const { invoke } = makeFunction()
    const thrown = invoke({ do: 'throw' })
    await expect(thrown).rejects.toThrow(FunctionError)
    await expect(thrown).rejects.toMatchObject({
      functionName: 'fixture',
      errorType: 'RangeError',
      errorMessage: 'out of range',
      errorStack: expect.stringContaining('function.mjs'),
    })
    await expect(invoke({ do: 'throw a text' })).rejects.toMatchObject({
      errorMessage: 'only a text',
    })
    await expect(invoke({ do: 'return what JSON cannot hold' })).rejects.toThrow(FunctionError)
    expect(await invoke({ do: 'count calls' })).toBe(1)
  })

  test.each(['exit', 'fail later'])('rejects when the process ends: %s', async (deed) => {
    const { invoke } = makeFunction()
    const crashed = invoke({ do: deed })
    await expect(crashed).rejects.toMatchObject({ errorType: 'Runtime.ExitError' })
    expect(await invoke({ do: 'echo' })).toEqual({ do: 'echo' })
  })

  test.each(['wait', 'block for ever'])('that takes too long is killed: %s', async (deed) => {
    const { invoke } = makeFunction({ timeoutMs: 3_000 })
    const pid = await invoke({ do: 'tell pid' })
    const late = invoke({ do: deed })
    await expect(late).rejects.toThrow(FunctionTimeout)
    await expect(late).rejects.toThrow('fixture timed out after 3000 ms')
    expect(await anyRuns([pid as number])).toBe(false)
    expect(await invoke({ do: 'tell pid' })).not.toBe(pid)
  })
})

describe('a bundle', () => {
  test('is imported once for many invocations', async () => {
    const { invoke } = makeFunction()
    expect(await invoke({ do: 'count calls' })).toBe(1)
    expect(await invoke({ do: 'count calls' })).toBe(2)
  })

  test('that cannot be imported fails each invocation', async () => {
    const { invoke } = makeFunction({ file: fixture('broken-function.mjs') })
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(invoke({})).rejects.toMatchObject({
        errorType: 'SyntaxError',
        errorMessage: 'cannot be imported',
      })
    }
  })

  test('without a handler fails each invocation', async () => {
    const { invoke } = makeFunction({ file: fixture('no-handler.mjs') })
    await expect(invoke({})).rejects.toThrow(/exports no function `handler`/)
  })
})

describe('containers', () => {
  test('serve one invocation each, up to the concurrency', async () => {
    const { invoke } = makeFunction({ concurrency: 2 })
    const pids = await Promise.all(Array.from({ length: 6 }, () => invoke({ do: 'tell pid' })))
    expect(new Set(pids).size).toBe(2)
  })

  test('keep nobody waiting when they crash', async () => {
    const { invoke } = makeFunction()
    const crashes = Array.from({ length: 3 }, () => invoke({ do: 'exit' }))
    const ends = await Promise.allSettled(crashes)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  test('have their own environment, not ours', async () => {
    process.env.TEST_SECRET = 'ours'
    onTestFinished(() => {
      delete process.env.TEST_SECRET
    })
    const { invoke } = makeFunction({ env: { TABLE: 'minutes', AWS_REGION: 'eu-west-1' } })
    const env = (await invoke({ do: 'tell environment' })) as Record<string, string>
    expect(env.TEST_SECRET).toBeUndefined()
    expect(env.VITEST).toBeUndefined()
    expect(env.PATH).toBe(process.env.PATH)
    expect(env).toMatchObject({
      TABLE: 'minutes',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'fixture',
      AWS_ACCESS_KEY_ID: 'local',
    })
  })

  test('hand over what they print, line by line, to the last', async () => {
    const lines: string[] = []
    const { invoke } = makeFunction({ onLog: (line) => lines.push(line) })
    await expect(invoke({ do: 'log' })).rejects.toThrow(FunctionError)
    expect(lines.toSorted()).toEqual(['a warning', 'first line', 'second line', 'without end'])
  })
})

test('closing ends every process and every invocation', async () => {
  const { invoke, close } = makeFunction({ concurrency: 2 })
  const pids = await Promise.all([invoke({ do: 'tell pid' }), invoke({ do: 'tell pid' })])
  const pending = [invoke({ do: 'wait' }), invoke({ do: 'wait' }), invoke({ do: 'echo' })]
  const ends = Promise.allSettled(pending)
  await close()
  for (const end of await ends) {
    expect(end).toMatchObject({ status: 'rejected', reason: expect.any(FunctionClosed) })
  }
  await expect(invoke({ do: 'echo' })).rejects.toThrow(FunctionClosed)
  expect(await anyRuns(pids as number[])).toBe(false)
})

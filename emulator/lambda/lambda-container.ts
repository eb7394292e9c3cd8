import { baseEnvironment, type Child, describeExit, forkChild } from '../child-process.ts'
import { localAccountId, localCredentials, localRegion } from '../identity.ts'

export type FunctionOptions = {
  readonly name: string
  /** The bundle: an ES module that exports `handler`. */
  readonly file: string
  /** What the function finds in its environment, beside what Lambda itself sets. */
  readonly env: Readonly<Record<string, string>>
  /** How long one invocation may take. */
  readonly timeoutMs: number
  /** How many invocations may run at once, each in a process of its own. */
  readonly concurrency: number
  /** Takes each line that the function prints. */
  readonly onLog: (line: string) => void
}

/** What a container is told to do. */
export type Invocation = {
  readonly requestId: string
  readonly functionName: string
  readonly functionArn: string
  readonly timeoutMs: number
  /** Any JSON value. */
  readonly event: unknown
}

export type HandlerError = {
  readonly type: string
  readonly message: string
  readonly stack?: string
}

/** What a container tells. */
export type ContainerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-ready'; readonly error: HandlerError }
  | { readonly kind: 'returned'; readonly resultJson: string }
  | { readonly kind: 'threw'; readonly error: HandlerError }

/** The handler threw, its bundle could not be loaded, or its process ended under it. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
  readonly functionName: string
  /** The `name` of what the handler threw, or `Runtime.ExitError` when its process ended. */
  readonly errorType: string
  readonly errorMessage: string
  /** The stack inside the function. */
  readonly errorStack: string | undefined

  constructor(functionName: string, error: HandlerError) {
    super(`${functionName} failed: ${error.type}: ${error.message}`)
    this.functionName = functionName
    this.errorType = error.type
    this.errorMessage = error.message
    this.errorStack = error.stack
  }
}

/** The invocation took longer than the function's timeout. Its container was killed. */
export class FunctionTimeout extends Error {
  override readonly name = 'FunctionTimeout'
  readonly functionName: string
  readonly timeoutMs: number

  constructor(functionName: string, timeoutMs: number) {
    super(`${functionName} timed out after ${timeoutMs} ms`)
    this.functionName = functionName
    this.timeoutMs = timeoutMs
  }
}

/** One warm process of a function. */
export type Container = {
  /** False once the process is gone or was told to go; it takes no invocation then. */
  readonly alive: boolean
  /** One at a time. The result is a JSON value. */
  invoke(event: unknown, requestId: string): Promise<unknown>
  /** Ends the process; an invocation under way rejects. */
  close(): Promise<void>
}

/** Lambda gives the import of a bundle this long. */
const initTimeoutMs = 10_000

export function functionArn(name: string): string {
  return `arn:aws:lambda:${localRegion}:${localAccountId}:function:${name}`
}

/** Starts a container: the process is forked at once, and imports the bundle while it is waited for. */
export function startContainer(options: FunctionOptions): Container {
  const { name, timeoutMs } = options
  const child = forkChild({
    script: new URL('./lambda-host.ts', import.meta.url),
    args: [options.file],
    env: containerEnvironment(options),
    onLine: options.onLog,
  })
  const reports = receiveReports(name, child)
  const ready = reports.next(initTimeoutMs).then((report) => {
    if (report.kind !== 'not-ready') return
    reports.end()
    throw new FunctionError(name, report.error)
  })
  ready.catch(() => {})
  return {
    get alive() {
      return reports.areComing()
    },
    invoke: async (event, requestId) => {
      await ready
      const answer = reports.next(timeoutMs)
      const arn = functionArn(name)
      child.send({
        requestId,
        functionName: name,
        functionArn: arn,
        timeoutMs,
        event,
      } satisfies Invocation)
      return readAnswer(name, await answer)
    },
    close: async () => {
      reports.end()
      await child.exited
    },
  }
}

/** What a container tells, one report at a time. */
function receiveReports(functionName: string, child: Child) {
  let coming = true
  let endedBy: Error | undefined
  let awaited: PromiseWithResolvers<ContainerReport> | undefined
  child.onMessage((message) => awaited?.resolve(message as ContainerReport))
  child.exited.then(
    (exit) => stop(`the process of the function ended with ${describeExit(exit)}`),
    (error) => stop(`the process of the function did not start: ${error}`),
  )

  function stop(message: string): void {
    coming = false
    endedBy = new FunctionError(functionName, { type: 'Runtime.ExitError', message })
    awaited?.reject(endedBy)
  }

  function end(): void {
    coming = false
    child.kill()
  }

  return {
    areComing: () => coming,
    end,
    /** The next report; the process is killed when it does not come in time. */
    async next(timeoutMs: number): Promise<ContainerReport> {
      if (endedBy !== undefined) throw endedBy
      awaited = Promise.withResolvers()
      let timedOut = false
      const timer = setTimeout(() => {
        timedOut = true
        end()
      }, timeoutMs)
      try {
        return await awaited.promise
      } catch (error) {
        // The process is gone by now, so whoever tries again does not meet the old attempt.
        throw timedOut ? new FunctionTimeout(functionName, timeoutMs) : error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function readAnswer(name: string, report: ContainerReport): unknown {
  switch (report.kind) {
    case 'returned':
      return JSON.parse(report.resultJson)
    case 'threw':
      throw new FunctionError(name, report.error)
    default:
      throw new Error(`a container of ${name} said "${report.kind}" in answer to an invocation`)
  }
}

function containerEnvironment(options: FunctionOptions): Record<string, string> {
  return {
    ...baseEnvironment(),
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_LAMBDA_FUNCTION_NAME: options.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    TZ: 'UTC',
    ...options.env,
  }
}

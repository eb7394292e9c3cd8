/**
 * The child process of one function container: `lambda-host.ts <bundle>`. Imports the bundle once,
 * then calls its `handler` for one invocation at a time, as the Lambda runtime does.
 */
import { pathToFileURL } from 'node:url'
import { quitWithParent } from '../quit-with-parent.ts'
import type { ContainerReport, HandlerError, Invocation } from './lambda-container.ts'

type Handler = (event: unknown, context: object) => unknown

function report(message: ContainerReport): void {
  process.send?.(message)
}

function describeError(error: unknown): HandlerError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}

async function importHandler(bundle: string): Promise<Handler> {
  const module = (await import(pathToFileURL(bundle).href)) as { handler?: unknown }
  if (typeof module.handler !== 'function')
    throw new Error(`${bundle} exports no function \`handler\``)
  return module.handler as Handler
}

function makeContext(invocation: Invocation) {
  const deadline = performance.now() + invocation.timeoutMs
  return {
    awsRequestId: invocation.requestId,
    functionName: invocation.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: invocation.functionArn,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  }
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  try {
    const result = await handler(invocation.event, makeContext(invocation))
    report({ kind: 'returned', resultJson: JSON.stringify(result) ?? 'null' })
  } catch (error) {
    report({ kind: 'threw', error: describeError(error) })
  }
}

async function main(bundle: string): Promise<void> {
  quitWithParent()
  try {
    const handler = await importHandler(bundle)
    process.on('message', (invocation) => invoke(handler, invocation as Invocation))
    report({ kind: 'ready' })
  } catch (error) {
    report({ kind: 'not-ready', error: describeError(error) })
  }
}

await main(process.argv[2] ?? '')

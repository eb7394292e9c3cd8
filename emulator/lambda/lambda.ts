import { randomUUID } from 'node:crypto'
import { type Container, type FunctionOptions, startContainer } from './lambda-container.ts'

export { FunctionError, type FunctionOptions, FunctionTimeout } from './lambda-container.ts'

export type LocalFunction = {
  readonly name: string
  /**
   * Calls the handler with an event, any JSON value, and gives its result as JSON. Waits when
   * `concurrency` invocations are under way.
   *
   * @throws {FunctionError} when the handler throws or its process ends.
   * @throws {FunctionTimeout} when it takes too long.
   * @throws {FunctionClosed} when the function is closed.
   */
  invoke(event: unknown): Promise<unknown>
  /** Ends every process of the function. Invocations under way or waiting reject. */
  close(): Promise<void>
}

/** The function was closed before the invocation could be done. */
export class FunctionClosed extends Error {
  override readonly name = 'FunctionClosed'
}

/**
 * A function bundle that runs on this machine as it does on Lambda: in processes of its own, each
 * with its own environment, importing the bundle once and serving one invocation at a time. A
 * process stays for the next invocation, and is replaced when it ends or is killed for a timeout.
 */
export function createFunction(options: FunctionOptions): LocalFunction {
  const pool = createContainerPool(options.concurrency, () => startContainer(options))
  return {
    name: options.name,
    invoke: async (event) => {
      const container = await pool.acquire()
      try {
        return await container.invoke(event, randomUUID())
      } catch (error) {
        throw pool.closedBy() ?? error
      } finally {
        pool.release(container)
      }
    },
    close: () => pool.close(new FunctionClosed(`${options.name} is closed`)),
  }
}

type Waiter = {
  readonly resolve: (container: Container) => void
  readonly reject: (error: Error) => void
}

function createContainerPool(limit: number, start: () => Container) {
  const all = new Set<Container>()
  const idle: Container[] = []
  const waiting: Waiter[] = []
  let closedBy: Error | undefined

  function take(): Container | undefined {
    for (let container = idle.pop(); container !== undefined; container = idle.pop()) {
      if (container.alive) return container
      all.delete(container)
    }
    if (all.size >= limit) return undefined
    const container = start()
    all.add(container)
    return container
  }

  return {
    closedBy: () => closedBy,
    async acquire(): Promise<Container> {
      if (closedBy !== undefined) throw closedBy
      const container = take()
      if (container !== undefined) return container
      const waiter = Promise.withResolvers<Container>()
      waiting.push(waiter)
      return waiter.promise
    },
    release(container: Container): void {
      if (container.alive) idle.push(container)
      else all.delete(container)
      if (waiting.length === 0) return
      const next = take()
      if (next !== undefined) waiting.shift()?.resolve(next)
    },
    async close(reason: Error): Promise<void> {
      closedBy = reason
      for (const waiter of waiting.splice(0)) waiter.reject(reason)
      await Promise.all([...all].map((container) => container.close()))
    },
  }
}

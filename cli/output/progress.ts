import type { SingleBar } from 'cli-progress'

/** Bars on a terminal, one for each part of the work; nothing where stderr is no terminal. */
export interface Progress {
  /** Sets a bar, which appears the first time. Without a total it shows the count alone. */
  at(part: string, done: number, total?: number): void
  stop(): void
}

export async function startProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return { at() {}, stop() {} }
  const { default: cliProgress } = await import('cli-progress')
  const bars = new cliProgress.MultiBar(
    {
      stream,
      format: '{part} {bar} {value}/{total}',
      clearOnComplete: true,
      barsize: 30,
    },
    cliProgress.Presets.shades_classic,
  )
  const byPart = new Map<string, SingleBar>()
  return {
    at(part, done, total = done) {
      const bar = byPart.get(part) ?? bars.create(total, 0, { part: part.padEnd(10) })
      byPart.set(part, bar)
      bar.setTotal(Math.max(total, done))
      bar.update(done)
    },
    stop: () => bars.stop(),
  }
}

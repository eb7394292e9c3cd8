/** How the tables of benchmarks write what they measured. */
export const secondsCell = (seconds: number) => seconds.toFixed(seconds < 10 ? 3 : 1)

export const ratioCell = (ratio: number) => ratio.toFixed(2)

export const megabytesCell = (bytes: number | undefined) =>
  bytes === undefined ? '–' : (bytes / 1_000_000).toFixed(0)

/** A number of events, or of them a second, in thousands. */
export const thousandsCell = (events: number) => (events / 1000).toFixed(0)

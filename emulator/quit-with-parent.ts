/**
 * For children: end when the parent is gone, and only then. Ctrl-C in a terminal reaches every
 * process of the group, but it is the parent that decides when each of its children is done.
 */
export function quitWithParent(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  process.once('disconnect', () => process.exit(0))
}

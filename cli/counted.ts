/** Such as `1 kill` and `1,200 kills`; `many` where more of them are not told by an `s` alone. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

// For those who still look here.
export { parseHour as ledgerHour } from './unit.ts'

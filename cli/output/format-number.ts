/** `-1234.5` with 2 decimals to `-1,234.50`, digit by digit. */
export function formatNumber(text: string, decimals = 0): string {
  const [whole = '', fraction = ''] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  const padded = fraction.padEnd(decimals, '0')
  return padded === '' ? grouped : `${grouped}.${padded}`
}

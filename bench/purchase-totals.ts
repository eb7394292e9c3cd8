/** What purchases come to, prices and amounts in units of 0.0001. */
export class PurchaseTotals {
  purchases = 0
  quantity = 0
  /** Exact: ten billion purchases of 100 would still be. */
  revenueUnits = 0
  minPriceUnits = Number.POSITIVE_INFINITY
  maxPriceUnits = Number.NEGATIVE_INFINITY

  add(quantity: number, priceUnits: number): void {
    this.purchases++
    this.quantity += quantity
    this.revenueUnits += quantity * priceUnits
    if (priceUnits < this.minPriceUnits) this.minPriceUnits = priceUnits
    if (priceUnits > this.maxPriceUnits) this.maxPriceUnits = priceUnits
  }
}

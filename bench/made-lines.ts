import { Lines } from '../lib/core/index.ts'
import { type MadePurchasesOptions, madePurchases } from './made-purchases.ts'

/** Made purchases, a view of its bytes each, in the order of lines. */
export function* madeLines(options: MadePurchasesOptions): Generator<Uint8Array> {
  for (const chunk of madePurchases(options)) yield* Lines.ofText(chunk)
}

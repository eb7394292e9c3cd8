declare module 'dynalite' {
  import type { Server } from 'node:http'

  export type DynaliteOptions = {
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }

  export default function dynalite(options?: DynaliteOptions): Server
}

declare module 'kinesalite' {
  import type { Server } from 'node:http'

  export type KinesaliteOptions = {
    path?: string
    createStreamMs?: number
    deleteStreamMs?: number
    updateStreamMs?: number
    shardLimit?: number
  }

  export default function kinesalite(options?: KinesaliteOptions): Server
}

/** As much of WebAssembly's JavaScript interface as is used here; only TypeScript's DOM library has it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }

  class Instance {
    readonly exports: object
    constructor(module: Module, imports: Readonly<Record<string, object>>)
  }

  interface Memory {
    readonly buffer: ArrayBuffer
  }

  interface Global<Value> {
    readonly value: Value
  }
}

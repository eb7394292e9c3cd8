declare module 'asl-validator' {
  /** Checks a state machine's definition; `errors` is empty where it is right. */
  export default function validate(definition: unknown): {
    readonly isValid: boolean
    readonly errors: readonly unknown[]
  }
}

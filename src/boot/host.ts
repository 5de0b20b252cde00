import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** The process and the machine that the program was started in, as its boot looks at them. */
export class Host extends Context.Service<
  Host,
  {
    /** The environment variables of the process. */
    readonly variables: ReadonlyMap<string, string>
    /** What Node itself was told beside the program: `--require x`. */
    readonly nodeArguments: ReadonlyArray<string>
    /** The text of a `.env` in the working directory, where there is one that can be read. */
    readonly dotEnv: Effect.Effect<string | undefined>
  }
>()("comporta/boot/Host") {}

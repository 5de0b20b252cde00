import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** A file of variables in the working directory, such as `.env`. */
export interface VariableFile {
  readonly name: string
  /** The bytes of the file; absent when it is too large, see {@link variableFileBytes}, or not readable. */
  readonly bytes?: Uint8Array
  readonly unread?: "too_large" | "not_readable"
}

/** Bytes that a file of variables may have; a larger one is not searched, and refused. */
export const variableFileBytes = 1_048_576

/** The process and the machine that the program was started in, as its boot looks at them. */
export class Host extends Context.Service<
  Host,
  {
    /** The environment variables of the process, also those that were removed since its start. */
    readonly variables: ReadonlyMap<string, string>
    /** Arguments of Node itself, before the program: `--require x`. */
    readonly nodeArguments: ReadonlyArray<string>
    /** Node's inspector listens. */
    readonly isInspected: Effect.Effect<boolean>
    /** The loader of this machine is told to load a library into every process, by `/etc/ld.so.preload`. */
    readonly preloadsLibraries: Effect.Effect<boolean>
    /** Files of variables in the working directory. */
    readonly variableFiles: Effect.Effect<ReadonlyArray<VariableFile>>
  }
>()("comporta/boot/Host") {}

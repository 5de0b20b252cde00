import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** A file of variables in the working directory, such as `.env`. */
export interface VariableFile {
  readonly name: string
  /** The bytes of the file; absent when it is too large, see {@link variableFileBytes}, or not readable. */
  readonly bytes?: Uint8Array
  readonly unread?: "too_large" | "not_readable"
}

/** Maximum bytes of a file of variables. A larger one is not searched, and its check fails. */
export const variableFileBytes = 1_048_576

/** Describes the process and the machine of the program for its boot checks. */
export class Host extends Context.Service<
  Host,
  {
    /** Environment variables of the process, also those that the program has removed since its start. */
    readonly variables: ReadonlyMap<string, string>
    /** Arguments of Node itself, before the program: `--require x`. */
    readonly nodeArguments: ReadonlyArray<string>
    /** Paths of the native libraries that were in the process when its own code began, without Node itself. */
    readonly libraries: ReadonlyArray<string>
    /** True when Node's inspector listens. */
    readonly isInspected: Effect.Effect<boolean>
    /** True when `/etc/ld.so.preload` loads a library into every process of this machine. */
    readonly preloadsLibraries: Effect.Effect<boolean>
    /** True in a container of Docker, Podman or a runtime that marks its containers like them. */
    readonly isContained: Effect.Effect<boolean>
    /**
     * Tells where a path is mounted. `own`: on a mount that holds neither the root nor the program. `shared`: on one that
     * does, as a file in an image is. `unknown`: the system does not say.
     */
    readonly mountOf: (path: string) => Effect.Effect<"own" | "shared" | "unknown">
    /** Files of variables in the working directory. */
    readonly variableFiles: Effect.Effect<ReadonlyArray<VariableFile>>
  }
>()("comporta/boot/Host") {}

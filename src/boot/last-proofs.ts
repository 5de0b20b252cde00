import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** Milliseconds for which a good probe speaks for a provider that cannot be asked (G37). */
export const proofAge = 24 * 3_600_000

/**
 * When each account's credential was last proven good, kept in the store. A credential goes by a keyed digest of its
 * account and of the versions of its secrets, 64 hex digits.
 */
export class LastProofs extends Context.Service<
  LastProofs,
  {
    readonly note: (credential: string) => Effect.Effect<void, InfraError>
    /** Milliseconds since then, by the store's clock; nothing where it was not within {@link proofAge}. */
    readonly since: (credential: string) => Effect.Effect<number | undefined, InfraError>
  }
>()("comporta/boot/LastProofs") {}

/** Of a store that cannot be asked: it remembers nothing. */
export const noProofs = LastProofs.of({ note: () => Effect.void, since: () => Effect.undefined })

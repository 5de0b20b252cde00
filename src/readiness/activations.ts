import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../domain/failure.ts"
import { Millis, Sha256 } from "../gate/words.ts"

/** Part of an activation that its certificate decides. */
export const ActivatedRelease = Schema.Struct({
  /** Digest of the certificate's envelope. */
  certificate: Sha256,
  /** Version of the release, for people. */
  version: Schema.String,
  /** Manifests of the release, one for each architecture. */
  manifests: Schema.Array(Sha256),
  issuedAt: Millis,
  /** Manifests of the releases that the certificate revokes. */
  revokes: Schema.Array(Sha256)
})
export type ActivatedRelease = typeof ActivatedRelease.Type

/** `boot`: a boot passed every check. `restore`: an operator activated it after the store had lost it. */
export type ActivatedBy = "boot" | "restore"

/** Record that one deployment has activated one certificate. It never expires. */
export interface Activation extends ActivatedRelease {
  /** Time by the store's clock. */
  readonly at: Millis
  readonly how: ActivatedBy
}

/** The trust file that a deployment uses. `boot`: its first one. `command`: an operator named another one. */
export interface PinnedTrust {
  readonly digest: Sha256
  readonly since: Millis
  readonly how: "boot" | "command"
}

/** A certificate to activate, with its text. */
export interface ActivationRequest {
  readonly deployment: string
  /** Digest of the trust file that the certificate was checked with. */
  readonly trust: Sha256
  readonly release: ActivatedRelease
  /** The certificate's envelope. */
  readonly text: string
  readonly how: ActivatedBy
}

/** `activated`: now. `known`: before. `other_trust`: another trust file is pinned, and nothing was written. */
export type Activated = "activated" | "known" | "other_trust"

/**
 * Certificates that a production deployment has activated, kept for good, and the digest of its trust file. Every call
 * names the deployment, and fails when the store has the stamp of another one.
 */
export class Activations extends Context.Service<
  Activations,
  {
    /** Reads the time of the store, the pinned trust file, and all activations of the deployment, in no order. */
    readonly read: (deployment: string) => Effect.Effect<
      {
        readonly now: Millis
        readonly trust?: PinnedTrust
        readonly activations: ReadonlyArray<Activation>
      },
      InfraError
    >
    /** Returns the envelope of an activated certificate by its digest. Returns `undefined` when the store has none. */
    readonly text: (deployment: string, certificate: Sha256) => Effect.Effect<string | undefined, InfraError>
    /** Activates a certificate by compare-and-set, and pins the trust file when none is pinned. */
    readonly activate: (request: ActivationRequest) => Effect.Effect<Activated, InfraError>
    /** Pins the trust file when none is pinned. Returns false when another one is. */
    readonly pin: (deployment: string, trust: Sha256) => Effect.Effect<boolean, InfraError>
    /** Pins another trust file. */
    readonly replaceTrust: (deployment: string, trust: Sha256) => Effect.Effect<void, InfraError>
  }
>()("comporta/readiness/Activations") {}

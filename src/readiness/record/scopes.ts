import type { EvidenceScope, ScopeOf } from "../../gate/evidence/scope.ts"
import type { ConfiguredChannel } from "../../gate/policy/configured.ts"
import type { Section, Sha256 } from "../../gate/words.ts"
import { type RunningCode, sourceDigest } from "../running-code.ts"

/** Scopes of evidence about one process: its code, its configuration and its deployment. */
export interface EvidenceScopes {
  readonly run: ScopeOf<"R">
  /** Returns the scope of a variant of a connector; `undefined` when it is not configured. */
  readonly channel: (connector: string, variant: string) => ScopeOf<"C"> | undefined
  readonly storage: ScopeOf<"S">
  readonly installation: (sections: ReadonlyArray<Section>) => ScopeOf<"I">
}

export interface ScopeOptions {
  readonly code: RunningCode
  readonly channels: ReadonlyArray<ConfiguredChannel>
  /** Digest of each section of the configuration, by its name. */
  readonly sections: Readonly<Record<string, Sha256>>
  readonly deployment: string
}

/** Returns the scopes of a process. */
export const scopesOf = ({ code, channels, sections, deployment }: ScopeOptions): EvidenceScopes => {
  const digestOfSection = (name: string) => sections[name] ?? sourceDigest
  const ids = [...new Set(channels.map(({ connector }) => connector))]
  const byVariant = new Map(
    channels.map((one) => [
      `${one.connector} ${one.variant}`,
      { of: "C", connector: one.connector, code: one.code, variant: one.variant, section: one.section } as const
    ])
  )
  return {
    run: { of: "R", core: code.core, connectors: Object.fromEntries(ids.map((id) => [id, code.connector(id)])) },
    channel: (connector, variant) => byVariant.get(`${connector} ${variant}`),
    storage: { of: "S", storage: code.storage, section: digestOfSection("store") },
    installation: (names) => ({
      of: "I",
      deployment,
      sections: Object.fromEntries(names.map((name) => [name, digestOfSection(name)]))
    })
  }
}

/** Returns the scope that a proof of the policy asks for; `undefined` for a connector that is not configured. */
export const scopeFor = (
  scopes: EvidenceScopes,
  { scope, sections }: { readonly scope: EvidenceScope["of"]; readonly sections: ReadonlyArray<Section | "connector"> },
  channel: { readonly connector: string; readonly variant: string }
): EvidenceScope | undefined => {
  switch (scope) {
    case "R":
      return scopes.run
    case "S":
      return scopes.storage
    case "C":
      return scopes.channel(channel.connector, channel.variant)
    case "I":
      return scopes.installation(
        sections.map((name): Section => (name === "connector" ? `connector:${channel.connector}` : name))
      )
  }
}

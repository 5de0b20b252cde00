import * as Schema from "effect/Schema"
import { ConnectorName, Name, type ScopeLetter, SectionName, Sha256, FactWord } from "../words.ts"

/** Run: the core and the code of all connectors that the process had loaded. */
const Run = Schema.Struct({
  of: Schema.Literal("R"),
  core: Sha256,
  connectors: Schema.Record(ConnectorName, Sha256)
})

/** Channel: the code, variant and configuration of one connector. */
const Channel = Schema.Struct({
  of: Schema.Literal("C"),
  connector: ConnectorName,
  code: Sha256,
  variant: FactWord,
  section: Sha256
})

/** Storage: the code that reads and writes records, and the configuration of the store. */
const Storage = Schema.Struct({ of: Schema.Literal("S"), storage: Sha256, section: Sha256 })

/** Installation: one deployment and the sections of its configuration that the fact depends on. */
const Installation = Schema.Struct({
  of: Schema.Literal("I"),
  deployment: Name,
  sections: Schema.Record(SectionName, Sha256)
})

/** Code and configuration that a fact is about. */
export const EvidenceScope = Schema.Union([Run, Channel, Storage, Installation])
export type EvidenceScope = typeof EvidenceScope.Type
export type ScopeOf<Letter extends ScopeLetter> = Extract<EvidenceScope, { readonly of: Letter }>

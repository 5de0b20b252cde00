import * as Result from "effect/Result"
import type { ConnectorConfig } from "../config/config.ts"
import type { Connector } from "../connector/connector.ts"
import type { Sha256 } from "../domain/sha256.ts"
import type { ConfiguredChannel } from "../gate/policy/configured.ts"
import type { Manifest } from "../release/manifest.ts"
import type { ConfiguredWith } from "./sections.ts"

/** Digest of code that no manifest names: a run from source. No build record has it, so nothing that it shows is evidence. */
export const unbuiltCode: Sha256 = `sha256:${"0".repeat(64)}`

/** Returns the digest of a component: `core`, `storage`, `connector:<id>`. */
export const componentDigest = (manifest: Manifest | undefined, component: string): Sha256 =>
  manifest?.components[component] ?? unbuiltCode

interface Found {
  readonly connector: Connector
  readonly raw: ConnectorConfig
  /** Variant by account. */
  readonly variants: ReadonlyMap<string, string>
}

const configuredOf = ({ config, connectors }: ConfiguredWith): ReadonlyArray<Found> =>
  Object.entries(config.connectors).flatMap(([id, raw]) => {
    const connector = connectors.find((one) => one.id === id)
    const configured = connector?.configure(raw)
    return connector === undefined || configured === undefined || Result.isFailure(configured)
      ? []
      : [{ connector, raw, variants: configured.success.variants }]
  })

/**
 * Returns one channel for each variant of each configured connector. `digests` are those of the sections. A connector whose
 * settings are mistaken, or that has no account, has none.
 */
export const channelsOf = ({
  manifest,
  digests,
  ...configuration
}: ConfiguredWith & {
  readonly digests: Readonly<Record<string, Sha256>>
  readonly manifest?: Manifest
}): ReadonlyArray<ConfiguredChannel> =>
  configuredOf(configuration).flatMap(({ connector, raw, variants }) => {
    const name = `connector:${connector.id}`
    const section = digests[name]
    if (section === undefined) return []
    return [...new Set(variants.values())].toSorted().map((variant) => ({
      connector: connector.id,
      variant,
      code: componentDigest(manifest, name),
      section,
      capabilities: raw.capabilities.map((id) => {
        const acknowledged = connector.capabilities.find((one) => one.id === id)?.acknowledged
        return acknowledged === undefined ? { id } : { id, acknowledged }
      }),
      media: connector.media
    }))
  })

/**
 * Returns a function that finds the variant of an account by its alias, also of one that only events carry. The function
 * returns `undefined` for an account that is not configured.
 */
export const variantOfAccount = (
  configuration: ConfiguredWith
): ((connector: string, account: string) => string | undefined) => {
  const known = new Map(configuredOf(configuration).map(({ connector, variants }) => [connector.id, variants]))
  return (connector, account) => known.get(connector)?.get(account)
}

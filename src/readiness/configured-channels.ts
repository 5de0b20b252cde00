import * as Result from "effect/Result"
import type { ConnectorConfig } from "../config/config.ts"
import type { Connector } from "../connector/connector.ts"
import type { Sha256 } from "../domain/sha256.ts"
import type { ConfiguredChannel } from "../gate/policy/configured.ts"
import type { Manifest } from "../release/manifest.ts"
import { sourceDigest } from "./running-code.ts"
import type { ConfiguredWith } from "./sections.ts"

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

const channelOf = ({ connector, raw }: Found, variant: string, code: Sha256, section: Sha256): ConfiguredChannel => ({
  connector: connector.id,
  variant,
  code,
  section,
  capabilities: raw.capabilities.map((id) => {
    const acknowledged = connector.capabilities.find((one) => one.id === id)?.acknowledged
    return acknowledged === undefined ? { id } : { id, acknowledged }
  }),
  ...(connector.confirmInbound === undefined ? {} : { confirmInbound: connector.confirmInbound }),
  media: connector.media
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
  configuredOf(configuration).flatMap((found) => {
    const component = `connector:${found.connector.id}`
    const section = digests[component]
    if (section === undefined) return []
    const variants = [...new Set(found.variants.values())].toSorted()
    return variants.map((variant) =>
      channelOf(found, variant, manifest?.components[component] ?? sourceDigest, section)
    )
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

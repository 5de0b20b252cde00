import type { Json } from "../../domain/json.ts"
import { factsOf, leastOf, namesEvent, ofAdmittedEvent } from "./acknowledgements.ts"
import { bootRows } from "./boot-rows.ts"
import { channelRows } from "./channel-rows.ts"
import type { ConfiguredChannel } from "./configured.ts"
import { parityRows, promotionRows, runtimeRows } from "./final-rows.ts"
import { effectRows, errorRows, inboundRows } from "./flow-rows.ts"
import type { PolicyRow } from "./policy.ts"

/** The checklist as data. `common` are the rows of every installation; the rows of section 3.2 follow the configuration. */
export interface Policy {
  readonly version: number
  readonly common: ReadonlyArray<PolicyRow>
}

/** The checklist of this release. Its version grows with every change of a row, and its digest tells any two apart. */
export const checklist: Policy = {
  version: 1,
  common: [...bootRows, ...runtimeRows, ...inboundRows, ...effectRows, ...errorRows, ...parityRows, ...promotionRows]
}

/**
 * Returns the rows for a configuration, in the order of the checklist. Only those of section 3.2 follow the configuration;
 * no other row can fail to apply. Without a channel they are all there, and the verdict cannot be GO.
 */
export const rowsFor = (policy: Policy, channels: ReadonlyArray<ConfiguredChannel>): ReadonlyArray<PolicyRow> => {
  const before = policy.common.filter(({ id }) => id < "3.2")
  return [...before, ...channelRows(channels), ...policy.common.slice(before.length)]
}

const sampleDigest = `sha256:${"0".repeat(64)}`

/** A connector with every kind of row, which shows the rows of section 3.2 without a configuration. */
export const sampleChannel: ConfiguredChannel = {
  connector: "connector",
  variant: "variant",
  code: sampleDigest,
  section: sampleDigest,
  capabilities: (["delivered", "sent", "echo", "readBack", "accepted"] as const).map((acknowledged) => ({
    id: `acknowledged_${acknowledged.toLowerCase()}`,
    acknowledged
  })),
  confirmInbound: "question",
  media: ["up", "down"]
}

/** Returns everything that decides a verdict, as plain data. The digest of its canonical JSON is that of the policy. */
export const policyContent = ({ version, common }: Policy): Json =>
  JSON.parse(
    JSON.stringify({
      version,
      common,
      acknowledgements: factsOf,
      admittedEvent: ofAdmittedEvent,
      least: [...leastOf],
      namesEvent: [...namesEvent],
      sample: channelRows([sampleChannel])
    })
  )

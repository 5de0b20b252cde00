import { randomBytes } from "node:crypto"
import * as Layer from "effect/Layer"
import { defaultPartitions, Deployment, identityVersion } from "../../src/deployment/deployment.ts"

export interface MemoryDeploymentOptions {
  readonly partitions?: number
}

/** A deployment that lives as long as its process: `local` only. */
export const layer = (options: MemoryDeploymentOptions = {}): Layer.Layer<Deployment> =>
  Layer.sync(Deployment, () =>
    Deployment.of({
      id: randomBytes(16).toString("hex"),
      former: [],
      environment: "local",
      partitions: options.partitions ?? defaultPartitions,
      identity: identityVersion,
      localPepper: randomBytes(32).toString("base64")
    })
  )

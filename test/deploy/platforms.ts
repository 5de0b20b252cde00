import type { Json } from "../../src/domain/json.ts"
import { at, documentIn, documentsOf, itemsAt, resource, textIn } from "./files.ts"

/** Documents of `deploy`, read once. */
export const compose = documentIn("compose/compose.yaml")
export const service = (name: string): Json | undefined => at(compose, "services", name)

const kubernetes = (path: string) => documentsOf(textIn(`kubernetes/${path}`))
export const overlay = (name: string): Json => documentIn(`kubernetes/overlays/${name}/kustomization.yaml`)

export const deployment = resource(kubernetes("base/deployment.yaml"), "Deployment", "comporta")
export const publicService = resource(kubernetes("base/services.yaml"), "Service", "comporta")
export const managementService = resource(kubernetes("base/services.yaml"), "Service", "comporta-management")
export const disruptionBudget = documentIn("kubernetes/base/disruption-budget.yaml")
export const storeInit = documentIn("kubernetes/components/store-init/job.yaml")
export const redisSet = resource(kubernetes("components/redis/redis.yaml"), "StatefulSet", "redis")
export const redisService = resource(kubernetes("components/redis/redis.yaml"), "Service", "redis")

export const podOf = (workload: Json | undefined): Json | undefined => at(workload, "spec", "template", "spec")
export const containerOf = (workload: Json | undefined): Json | undefined => at(podOf(workload), "containers", 0)

export const cloudRun = {
  open: documentIn("cloud-run/service.yaml"),
  internal: documentIn("cloud-run/service-internal.yaml"),
  storeInit: documentIn("cloud-run/store-init.yaml")
}
/** Returns the specification of the instances of a service of Cloud Run, or of its job. */
export const instanceOf = (document: Json): Json | undefined =>
  at(document, "kind") === "Job"
    ? at(document, "spec", "template", "spec", "template", "spec")
    : at(document, "spec", "template", "spec")

export const units = ["comporta.service", "comporta-store@.service"].map((name) => textIn(`systemd/${name}`))

/** Returns the object with this name in a list. */
export const named = (list: ReadonlyArray<Json>, name: string): Json | undefined =>
  list.find((one) => at(one, "name") === name)

export const portNamed = (workload: Json | undefined, name: string): Json | undefined =>
  at(named(itemsAt(containerOf(workload), "ports"), name), "containerPort")

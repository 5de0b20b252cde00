import { layer } from "../../../layers/memory/data-keys.ts"
import { dataKeysContract } from "../../contracts/data-keys.ts"

dataKeysContract("memory", () => layer)

import { memoryDataKeys } from "../../../layers/memory/deployment.ts"
import { dataKeysContract } from "../../contracts/data-keys.ts"

dataKeysContract("memory", () => memoryDataKeys)

import { memoryEvidenceStore } from "../../../layers/memory/deployment.ts"
import { evidenceStoreContract } from "../../contracts/evidence-store.ts"

evidenceStoreContract("memory", () => memoryEvidenceStore)

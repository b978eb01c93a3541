import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import { describeStore } from './store-contract.ts'

describeStore('memory', async () => createMemoryStore())

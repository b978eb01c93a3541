import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import { describeProblems } from './problem-contract.ts'
import { describeStore } from './store-contract.ts'

describeStore('memory', async () => createMemoryStore())
describeProblems('memory', async () => createMemoryStore())

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { memoryUsage, resourceUsage } from 'node:process'
import type { Readings } from '../telemetry/metrics.ts'

/** Resolution of the loop's delay, ms. What the monitor itself waits is not a delay. */
const RESOLUTION_MS = 10

/** Memory, CPU and event-loop delay of this process; the delay since the last reading. */
export function processUsage(): Readings['usage'] {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  monitor.enable()
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3)
  return () => {
    const loopDelay = {
      p50: seconds(monitor.percentile(50)),
      p99: seconds(monitor.percentile(99)),
      max: seconds(monitor.max),
    }
    monitor.reset()
    const { userCPUTime, systemCPUTime } = resourceUsage()
    return { residentBytes: memoryUsage.rss(), cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, loopDelay }
  }
}

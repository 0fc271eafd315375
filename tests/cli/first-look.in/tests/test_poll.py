import asyncio
import time


async def poll(job):
    while not job.done():
        time.sleep(0.5)
    await asyncio.sleep(0)

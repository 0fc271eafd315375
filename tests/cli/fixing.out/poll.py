import asyncio
import time


async def poll(job):
    while not job.done():
        await asyncio.sleep(0.5)
    await asyncio.sleep(0)

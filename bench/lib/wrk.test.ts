import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWrk } from './wrk.ts';

const printed = (rest: string) => `Running 3s test @ http://127.0.0.1:18100/health
  2 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.63ms  841.00us  14.79ms   82.11%
    Req/Sec     9.97k   789.31    11.59k    66.67%
  Latency Distribution
     50%    1.51ms
     75%  890.00us
     90%    2.44ms
     99%    1.05s
  59580 requests in 3.01s, 12.22MB read
${rest}Requests/sec:  19824.24
Transfer/sec:      4.07MB
`;

test('rate and latencies are read in their units', () => {
	const { answerBytes, ...load } = parseWrk(printed(''));
	assert.deepEqual(load, { perSecond: 19824.24, p50Ms: 1.51, p99Ms: 1050, requests: 59580 });
	assert.equal(Math.round(answerBytes), 215);
});

test('answers that are no success are an error, not a figure', () => {
	assert.throws(() => parseWrk(printed('  Non-2xx or 3xx responses: 59580\n')), /Non-2xx/);
});

test('lost connections are an error, not a figure', () => {
	assert.throws(
		() => parseWrk(printed('  Socket errors: connect 0, read 3, write 0, timeout 0\n')),
		/Socket errors/
	);
});

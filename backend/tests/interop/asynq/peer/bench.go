package main

import (
	"context"
	"fmt"
	"log"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
)

// Waiting tasks and an empty handler, as queue_bench measures them.
func bench(redis asynq.RedisConnOpt, count int, concurrency int) {
	client := asynq.NewClient(redis)
	for i := 0; i < count; i++ {
		if _, err := client.Enqueue(asynq.NewTask("bench", []byte(`{"n":1}`))); err != nil {
			log.Fatal(err)
		}
	}
	client.Close()
	var performed atomic.Int64
	done := make(chan struct{})
	server := asynq.NewServer(redis, asynq.Config{Concurrency: concurrency, LogLevel: asynq.FatalLevel})
	began := time.Now()
	handler := func(context.Context, *asynq.Task) error {
		if performed.Add(1) == int64(count) {
			close(done)
		}
		return nil
	}
	if err := server.Start(asynq.HandlerFunc(handler)); err != nil {
		log.Fatal(err)
	}
	<-done
	took := time.Since(began).Seconds()
	fmt.Printf("{\"tasks\":%d,\"seconds\":%.4f,\"per_second\":%.1f}\n", count, took, float64(count)/took)
	server.Shutdown()
}

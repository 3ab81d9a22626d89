//go:build !asynq025

package main

import "github.com/hibiken/asynq"

func newTask(r request) *asynq.Task {
	return asynq.NewTaskWithHeaders(r.Type, []byte(r.Payload), r.Headers)
}

func headersOf(task *asynq.Task) map[string]string { return task.Headers() }

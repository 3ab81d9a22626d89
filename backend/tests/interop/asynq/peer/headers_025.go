//go:build asynq025

// Asynq 0.25 has no headers yet.
package main

import "github.com/hibiken/asynq"

func newTask(r request) *asynq.Task { return asynq.NewTask(r.Type, []byte(r.Payload)) }

func headersOf(*asynq.Task) map[string]string { return nil }

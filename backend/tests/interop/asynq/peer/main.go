// The published Asynq as the other side of the interop tests, through its public API alone: asynq-peer SOCKET COMMAND [JSON].
// Answers are JSON lines on standard output. Commands: enqueue, serve, info, task, list, servers, act; and bench, which
// also takes host:port.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
)

type request struct {
	Type      string            `json:"type"`
	Payload   string            `json:"payload"`
	ID        string            `json:"id"`
	Queue     string            `json:"queue"`
	MaxRetry  int               `json:"max_retry"`
	Timeout   int               `json:"timeout"`
	Retention int               `json:"retention"`
	Unique    int               `json:"unique"`
	ProcessIn int               `json:"process_in"`
	Headers   map[string]string `json:"headers"`
	Count     int               `json:"count"`

	Concurrency int `json:"concurrency"`

	Action string         `json:"action"`
	State  string         `json:"state"`
	Queues map[string]int `json:"queues"`
}

var output sync.Mutex

func say(value any) {
	output.Lock()
	defer output.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(value); err != nil {
		log.Fatal(err)
	}
}

func text(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, asynq.ErrDuplicateTask):
		return "duplicate"
	case errors.Is(err, asynq.ErrTaskIDConflict):
		return "conflict"
	}
	return err.Error()
}

func seconds(count int) time.Duration { return time.Duration(count) * time.Second }

func options(r request) []asynq.Option {
	options := []asynq.Option{asynq.Queue(r.Queue), asynq.MaxRetry(r.MaxRetry)}
	if r.ID != "" {
		options = append(options, asynq.TaskID(r.ID))
	}
	if r.Timeout > 0 {
		options = append(options, asynq.Timeout(seconds(r.Timeout)))
	}
	if r.Retention > 0 {
		options = append(options, asynq.Retention(seconds(r.Retention)))
	}
	if r.Unique > 0 {
		options = append(options, asynq.Unique(seconds(r.Unique)))
	}
	if r.ProcessIn > 0 {
		options = append(options, asynq.ProcessIn(seconds(r.ProcessIn)))
	}
	return options
}

func enqueue(redis asynq.RedisConnOpt, r request) {
	client := asynq.NewClient(redis)
	defer client.Close()
	for i := 0; i < max(r.Count, 1); i++ {
		info, err := client.Enqueue(newTask(r), options(r)...)
		if r.Count > 1 && err == nil {
			continue
		}
		id := ""
		if info != nil {
			id = info.ID
		}
		say(map[string]string{"id": id, "error": text(err)})
	}
	say(map[string]string{"done": "enqueue"})
}

func handle(ctx context.Context, task *asynq.Task) error {
	id, _ := asynq.GetTaskID(ctx)
	retried, _ := asynq.GetRetryCount(ctx)
	say(map[string]any{"event": "start", "id": id, "type": task.Type(), "payload": task.Payload(), "retried": retried,
		"headers": headersOf(task)})
	switch task.Type() {
	case "fail":
		return fmt.Errorf("go says no")
	case "final":
		return fmt.Errorf("go gives up: %w", asynq.SkipRetry)
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	case "result":
		_, err := task.ResultWriter().Write([]byte("from go"))
		return err
	}
	return nil
}

// Serves until standard input ends.
func serve(redis asynq.RedisConnOpt, r request) {
	server := asynq.NewServer(redis, asynq.Config{
		Concurrency: 10, Queues: r.Queues, LogLevel: asynq.FatalLevel, ShutdownTimeout: time.Second,
		DelayedTaskCheckInterval: 200 * time.Millisecond, TaskCheckInterval: 50 * time.Millisecond,
	})
	if err := server.Start(asynq.HandlerFunc(handle)); err != nil {
		log.Fatal(err)
	}
	say(map[string]string{"event": "serving"})
	_, _ = io.Copy(io.Discard, os.Stdin)
	server.Shutdown()
}

func act(inspector *asynq.Inspector, r request) error {
	switch r.Action {
	case "pause":
		return inspector.PauseQueue(r.Queue)
	case "resume":
		return inspector.UnpauseQueue(r.Queue)
	case "cancel":
		return inspector.CancelProcessing(r.ID)
	case "run":
		return inspector.RunTask(r.Queue, r.ID)
	case "archive":
		return inspector.ArchiveTask(r.Queue, r.ID)
	case "delete":
		return inspector.DeleteTask(r.Queue, r.ID)
	}
	return fmt.Errorf("unknown action %q", r.Action)
}

func list(inspector *asynq.Inspector, r request) ([]*asynq.TaskInfo, error) {
	switch r.State {
	case "pending":
		return inspector.ListPendingTasks(r.Queue)
	case "active":
		return inspector.ListActiveTasks(r.Queue)
	case "scheduled":
		return inspector.ListScheduledTasks(r.Queue)
	case "retry":
		return inspector.ListRetryTasks(r.Queue)
	case "archived":
		return inspector.ListArchivedTasks(r.Queue)
	}
	return inspector.ListCompletedTasks(r.Queue)
}

func describe(info *asynq.TaskInfo) map[string]any {
	return map[string]any{"id": info.ID, "type": info.Type, "payload": info.Payload, "state": info.State.String(),
		"retried": info.Retried, "max_retry": info.MaxRetry, "last_error": info.LastErr, "result": string(info.Result),
		"orphaned": info.IsOrphaned, "timeout": int(info.Timeout.Seconds()), "retention": int(info.Retention.Seconds()),
		"next": info.NextProcessAt.Unix(), "completed": !info.CompletedAt.IsZero()}
}

func inspect(redis asynq.RedisConnOpt, command string, r request) error {
	inspector := asynq.NewInspector(redis)
	defer inspector.Close()
	switch command {
	case "info":
		info, err := inspector.GetQueueInfo(r.Queue)
		if err != nil {
			return err
		}
		say(map[string]any{"pending": info.Pending, "active": info.Active, "scheduled": info.Scheduled, "retry": info.Retry,
			"archived": info.Archived, "completed": info.Completed, "processed": info.ProcessedTotal,
			"failed": info.FailedTotal, "paused": info.Paused, "today": info.Processed})
	case "task":
		info, err := inspector.GetTaskInfo(r.Queue, r.ID)
		if err != nil {
			return err
		}
		say(describe(info))
	case "list":
		infos, err := list(inspector, r)
		if err != nil {
			return err
		}
		for _, info := range infos {
			say(describe(info))
		}
	case "servers":
		servers, err := inspector.Servers()
		if err != nil {
			return err
		}
		for _, server := range servers {
			say(map[string]any{"id": server.ID, "pid": server.PID, "host": server.Host, "status": server.Status,
				"queues": server.Queues, "strict": server.StrictPriority, "concurrency": server.Concurrency,
				"active": len(server.ActiveWorkers), "started": server.Started.Unix()})
		}
	case "act":
		return act(inspector, r)
	default:
		return fmt.Errorf("unknown command %q", command)
	}
	return nil
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal("asynq-peer SOCKET COMMAND [JSON]")
	}
	redis := asynq.RedisClientOpt{Network: "unix", Addr: os.Args[1]}
	if !strings.HasPrefix(redis.Addr, "/") {
		redis.Network = "tcp"
	}
	r := request{Queue: "default", MaxRetry: 25}
	if len(os.Args) > 3 {
		if err := json.Unmarshal([]byte(os.Args[3]), &r); err != nil {
			log.Fatal(err)
		}
	}
	switch os.Args[2] {
	case "enqueue":
		enqueue(redis, r)
	case "serve":
		serve(redis, r)
	case "bench":
		bench(redis, r.Count, r.Concurrency)
	default:
		if err := inspect(redis, os.Args[2], r); err != nil {
			say(map[string]string{"error": text(err)})
			os.Exit(1)
		}
	}
}

# %% [markdown] lang="ja" id="title"
# # 02　過学習の原因と対策
#
# 前の課では、過学習とは何かを見ました。この課では、**何が過学習を起こすのか**、**どうすれば防げるのか**を、1つずつ実験で確かめます。効かない対策や、強すぎる対策も出てきます。
#
# **このノートブックを終えると、次のことができます。**
#
# - 過学習の3つの原因と、それぞれに効く対策を挙げる
# - 学習曲線と検証曲線を読み、過学習と学習不足を見分ける
# - 早期終了とデータ拡張を正しく使う
# - バイアスとバリアンスを測り、モデルの大きさとの関係を説明する
# - データ漏洩が起こる手順を見つける
#
# 時間の目安は、「発展」を除いて50分です。
# %% [markdown] lang="en" id="title"
# # 02 Causes and remedies
#
# The previous lesson showed what overfitting is. This one asks **what causes it** and **what can be done about it**, one experiment at a time. You will also meet a remedy that does not work, and one that is too strong.
#
# **When you have finished this notebook, you can**
#
# - name three causes of overfitting and a remedy for each
# - read learning curves and validation curves, and tell overfitting from underfitting
# - use early stopping and data augmentation correctly
# - measure bias and variance, and explain how they depend on the size of a model
# - spot a procedure that leaks data
#
# Allow about 50 minutes, without the advanced part.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from coursekit import data, models, plots, stored, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 数字読み取り機の成績表、という話
#
# ある郵便局が、手書きの数字を読む機械を作りました。練習用の画像では満点なのに、届いたばかりの葉書では間違えてばかりです。会議では、意見が3つに分かれました。
#
# - 「画像が少なすぎたのだ。もっと集めよう。」
# - 「ネットワークが大きすぎたのだ。小さくしよう。」
# - 「訓練を続けすぎたのだ。途中で止めよう。」
#
# **誰の言うことが正しいのでしょうか。** これがこの課の問いです。過学習の3つの原因と、それぞれに効く対策を、先に表にまとめておきます。
#
# | 原因 | 対策 | この課では |
# |---|---|---|
# | 1. データが足りない | データを増やす、データ拡張 | 実験1と5 |
# | 2. モデルが複雑すぎる | モデルを小さくする | 実験2 |
# | 3. 抑えが足りない：重みが自由すぎる | L1、L2、ドロップアウト | 実験3 |
# | 3. 抑えが足りない：訓練が長すぎる | 早期終了 | 実験4 |
#
# 3つ目の原因への対策をまとめて**正則化**（regularization）といいます。訓練データへの当てはまりを少しあきらめる代わりに、新しいデータでの成績を上げようとする工夫の総称です。
#
# ほかに、誤ったラベル（ラベルノイズ、label noise）は、どの原因の過学習も、いっそうひどくします。データ漏洩（リーク、data leakage）は過学習を起こすのではなく、**隠して**しまいます（実験7）。
# %% [markdown] lang="en" id="story"
# ## The report card of a digit reader
#
# A post office has built a machine that reads handwritten digits. On the practice images its score is perfect; on the postcards that came in this morning it keeps making mistakes. At the meeting there are three opinions.
#
# - “There were too few images. Let us collect more.”
# - “The network was too big. Let us make it smaller.”
# - “Training went on for too long. Let us stop earlier.”
#
# **Who is right?** That is the question of this lesson. Here, in advance, is a table of the three causes of overfitting and the remedies for each.
#
# | cause | remedy | in this lesson |
# |---|---|---|
# | 1. too little data | more data, data augmentation | experiments 1 and 5 |
# | 2. a model that is too complex | a smaller model | experiment 2 |
# | 3. too little restraint: the weights are too free | L1, L2, dropout | experiment 3 |
# | 3. too little restraint: training for too long | early stopping | experiment 4 |
#
# The remedies for the third cause are called **regularization**: any means of fitting the training data a little less well in order to do better on new data.
#
# Two more things matter. Wrong labels (label noise) make overfitting worse, whatever its cause. Data leakage does not cause overfitting; it **hides** it (experiment 7).

# %% [markdown] lang="ja" id="size-question"
# ## 実験1　訓練データを増やす
#
# 数字の画像を50枚から800枚まで変えて、同じネットワーク（隠れ層1つ、128ユニット）を60エポック訓練します。ラベルは正しいものだけを使います。訓練データの量を横軸、成績を縦軸にした図を**学習曲線**（learning curve）といいます（エポックを横軸にした損失曲線とは別のものです）。
#
# **予想してみよう**　訓練データでの正解率とテストデータでの正解率は、枚数とともにどう変わるでしょうか。
# %% [markdown] lang="en" id="size-question"
# ## Experiment 1: more training data
#
# We train the same network (one hidden layer of 128 units) for 60 epochs on 50 to 800 images of digits, all with correct labels. A figure of the score against the amount of training data is called a **learning curve** (not to be confused with the loss curve, which has epochs on its axis).
#
# **Make a guess.** How will the accuracy on training data and on test data change with the number of images?

# %% [markdown] lang="ja" id="size-tools"
# 次のセルは道具です。`scores`は、訓練データとテストデータの正解率の表を作ります。コードに出てくる言葉は、この課を通して同じ意味です。
#
# - `training.sweep`：試す値をすべて、すべてのシードで訓練します。`{}`と書けば、変えるのはシードだけです
# - `result.runs`は訓練の1回ずつ、`result.final`は各回の最後のエポックの表です
# - `text("…")`は、図に書く言葉を取り出すだけです
#
# この課ではテストデータを何度も見ますが、効き目を見るためで、テストデータで何かを**選ぶ**ことはしません。自分のモデルの設定を選ぶときは、検証データを使ってください。
# %% [markdown] lang="en" id="size-tools"
# The next cell holds a tool: `scores` makes tables of the accuracy on training and test data. Some words of the code mean the same throughout this lesson:
#
# - `training.sweep` trains every value to be tried with every seed; with `{}`, only the seed changes
# - `result.runs` are the single trainings, `result.final` is a table of the last epoch of each
# - `text("…")` only looks up the words that stand in a figure
#
# In this lesson we look at test data many times, to see an effect. Nothing is **chosen** with them. When you choose settings for a model of your own, use validation data.

# %% id="size-helpers"
def build_model(units=128, l2=None, seed=0):
    return models.classifier(64, 10, units=units, l2=l2, seed=seed)


def scores(result, name, rows):
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *rows(**run.point, seed=run.seed).test)["accuracy"]
        for run in result.runs
    ]
    columns = {"training": "accuracy", "test": "test"}
    return {part: final.pivot(index=name, columns="seed", values=c) for part, c in columns.items()}

# %% id="size-run"
def clean_digits(n, seed):
    return data.digits(n_train=n, n_validation=200, seed=seed)


sizes = [50, 100, 200, 400, 800]
result = training.sweep(
    lambda n, seed: build_model(seed=seed), {"n": sizes}, data=clean_digits, epochs=60,
    seeds=range(3), progress=False,
)
size_scores = scores(result, "n", clean_digits)
plots.plot_validation_curve(sizes, size_scores, text("accuracy"), xlabel=text("training_rows"));

# %% [markdown] lang="ja" id="size-seen" claims="02-more-data-closes-the-gap"
# 訓練データでの正解率は、どの枚数でもほぼ1.0です。テストデータでの正解率は、この実行では、50枚では0.79ほどしかありませんが、枚数とともに上がり、800枚では0.97になります。2本の線の間、つまり**過学習の大きさ**は、0.2から0.03へと縮みました。シードを変えると50枚での値はかなり動きますが、差は必ず縮みました。印は3つのシードの平均、縦の線は標準偏差です（シードはデータの分け方、初期の重み、行の順番を変えます）。
#
# 最初の人は正しかったのです。ただし、横軸が2倍ずつになっていることに注意してください。同じだけ成績を上げるのに、だんだん多くのデータが要ります。
# %% [markdown] lang="en" id="size-seen" claims="02-more-data-closes-the-gap"
# The accuracy on the training data is almost 1.0 whatever their number. On the test data, in this run, it is only about 0.79 with 50 images, rises with their number, and reaches 0.97 with 800. The space between the two lines, the **amount of overfitting**, shrinks from 0.2 to 0.03. With other seeds the value for 50 images moves a good deal, but the gap always shrank. Markers are means over 3 seeds, vertical lines their standard deviation (a seed changes the split, the initial weights and the order of the rows).
#
# So the first speaker is right. But mind the horizontal axis, which doubles from marker to marker: each further step up takes more and more data.

# %% [markdown] lang="ja" id="ex-gap" tags=["exercise"]
# ### 練習1　差を数える
#
# `size_scores["training"]`と`size_scores["test"]`は、行が枚数、列がシードの表です。**訓練データ200枚のとき**の、訓練とテストの正解率の差を、シードで平均して`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `size_scores["training"].loc[200]`で、200枚の行が取り出せます。
#
# </details>
# %% [markdown] lang="en" id="ex-gap" tags=["exercise"]
# ### Exercise 1: measure the gap
#
# `size_scores["training"]` and `size_scores["test"]` are tables with a row for each number of images and a column for each seed. Put the difference between training and test accuracy **with 200 training images**, averaged over the seeds, into `answer`.
#
# <details><summary>Hint</summary>
#
# `size_scores["training"].loc[200]` is the row for 200 images.
#
# </details>

# %% id="ex-gap-answer" tags=["exercise"]
answer = ...

# %% id="ex-gap-solution" tags=["solution"]
answer = (size_scores["training"].loc[200] - size_scores["test"].loc[200]).mean()

# %% id="ex-gap-check" tags=["check"]
check("02-gap", answer, size_scores)

# %% [markdown] lang="ja" id="width-question"
# ## 実験2　ネットワークの大きさを変える
#
# 今度は難しくします。画像は400枚、ラベルの40%を無作為に引き直すので、約36%が誤りです。テストデータのラベルは正しいままです。隠れ層のユニット数を1から128まで変えて、100エポック訓練します。ハイパーパラメータ（hyperparameter）を横軸にしたこのような図を、**検証曲線**（validation curve）といいます。
#
# **予想してみよう**　テストデータでの正解率は、ユニットが多いほど高いでしょうか。
# %% [markdown] lang="en" id="width-question"
# ## Experiment 2: the size of the network
#
# Now for something harder: 400 images, 40% of whose labels are redrawn at random, so that about 36% are wrong. The test labels stay correct. We vary the number of units in the hidden layer from 1 to 128 and train for 100 epochs. A figure with a hyperparameter on its horizontal axis is called a **validation curve**.
#
# **Make a guess.** Does the test accuracy keep rising with more units?

# %% id="width-run"
def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


widths = [1, 2, 4, 16, 128]
result = training.sweep(
    build_model, {"units": widths}, data=noisy_digits, epochs=100, seeds=range(3), progress=False
)
width_scores = scores(result, "units", noisy_digits)
plots.plot_validation_curve(widths, width_scores, text("accuracy"), xlabel=text("units_in_layer"));

# %% [markdown] lang="ja" id="width-seen" claims="02-score-has-a-peak-over-width"
# 訓練データでの正解率（誤ったラベルとの一致も数えます）は、ユニットとともに上がり続けます。テストデータでの正解率は**山の形**です。1、2ユニットでは平均が0.4にも届かず、16ユニットで0.86ほどになり、128ユニットではまた下がって、この実行では0.78です（シードを変えても、16ユニットのほうが128ユニットより高くなりました）。
#
# - 左側は、訓練データでもテストデータでも成績が悪い**学習不足**（underfitting）です。小さすぎて、数字の形を表せません。
# - 右側は、訓練データでの成績だけが上がっていく過学習です。余った力で、誤ったラベルを覚えはじめています。
#
# 4ユニットから先では、テストの線が訓練の線より上にあります。訓練データのラベルは約36%が誤りで、数字を完璧に読めても0.64ほどにしかならないからです（[01](01_overfitting.ipynb)の実験2の表）。この図では2本の線の差ではなく、**向き**を読んでください。右では、訓練は上がるのに、テストは下がります。
#
# 2番目の人も正しかったのです。ただし、小さければ小さいほどよいのではありません。
# %% [markdown] lang="en" id="width-seen" claims="02-score-has-a-peak-over-width"
# The accuracy on the training data (agreement with wrong labels counts, too) keeps rising with the number of units. The test accuracy forms a **hill**: a mean below 0.4 with 1 or 2 units, about 0.86 with 16, and down again with 128, to 0.78 in this run (with other seeds, too, 16 units did better than 128).
#
# - On the left, the score is poor on training and test data alike. This is **underfitting**: the network is too small to express the shapes of the digits.
# - On the right, only the training score goes on rising. This is overfitting: the spare capacity goes into memorizing wrong labels.
#
# From 4 units on, the test line lies above the training line. That is because about 36% of the training labels are wrong, so that even a perfect reader would score only about 0.64 on them (see the table in experiment 2 of [01](01_overfitting.ipynb)). In this figure, read the **direction** of the lines, not the gap: on the right, training rises while test falls.
#
# The second speaker is right as well. But smaller is not always better.

# %% [markdown] lang="ja" id="dial-question"
# ## 実験3　強すぎる対策
#
# 大きさを変えずに、ペナルティで重みを抑える方法もあります。[03　L2正則化](03_l2.ipynb)で詳しく扱うL2正則化を、先取りして使ってみましょう。強さ$\lambda$というつまみを、弱いほうから強いほうへ回します。
#
# **予想してみよう**　つまみを最後まで回すと、どうなるでしょうか。
# %% [markdown] lang="en" id="dial-question"
# ## Experiment 3: a remedy that is too strong
#
# Instead of changing the size, we can hold the weights down with a penalty. Let us borrow L2 regularization, the subject of [03 L2 regularization](03_l2.ipynb). Its strength $\lambda$ is a dial, which we turn from weak to strong.
#
# **Make a guess.** What will happen at the far end of the dial?

# %% id="dial-run"
strengths = [0.0, 0.001, 0.003, 0.01, 0.1, 1.0]
result = training.sweep(
    build_model, {"l2": strengths}, data=noisy_digits, epochs=60, seeds=range(5), progress=False
)
dial_scores = scores(result, "l2", noisy_digits)
plots.plot_validation_curve(strengths, dial_scores, text("accuracy"), xscale="symlog");

# %% id="dial-paired"
on_test = dial_scores["test"]
gains = {
    text("lambda_equals", strength=strength): on_test.loc[strength] - on_test.loc[0.0]
    for strength in [0.001, 0.003, 0.01]
}
ax = plots.plot_scores(gains, text("accuracy_above_zero_strength"))
ax.axvline(0, color="black", linestyle=":", zorder=0);

# %% [markdown] lang="ja" id="dial-seen" claims="02-too-much-regularization-underfits"
# 1つ目の図の左端は、正則化のない$\lambda = 0$です。そこから$\lambda$を強めると、訓練データでの正解率は下がり、テストデータでの正解率は少し上がるように見えます。ただし、わずかな差なので、どのシードでも上がるのかどうかは、平均の線からは分かりません。そこで2つ目の図では、データも初期の重みも同じ、同じシードどうしで差を取りました。$\lambda = 0.003$では、5つのシードのすべてで0よりよくなり、差の平均は0.03ほどです。ほかのシードでも、10個のうち9個以上でよくなりました。過学習が軽くなったのです。ところが1.0では、どちらも0.1ほどまで落ちます（0.1でもほとんど同じです）。10種類の数字を当てずっぽうに答えるのと変わりません。**強すぎる正則化は学習不足を起こします。**
#
# 実験2の図と見比べてください。左右が逆になっただけで、同じ形をしています。モデルの大きさも正則化の強さも、同じ**表現力**（capacity）のつまみなのです。どちらの病気かを見分ける手がかりは、訓練データでの成績です。次の表は、ラベルが正しいときのものです。実験2や3のようにラベルに誤りがあるときは、高さではなく向きで判断します。
#
# | | 訓練データ | テストデータ | 対策 |
# |---|---|---|---|
# | 学習不足 | 悪い | 悪い | 大きくする、正則化を弱める、長く訓練する |
# | 過学習 | よい | 悪い | データを増やす、小さくする、正則化を強める |
# | ちょうどよい | よい | よい | そのまま |
# %% [markdown] lang="en" id="dial-seen" claims="02-too-much-regularization-underfits"
# The left end of the first figure is $\lambda = 0$, no regularization. As $\lambda$ grows from there, the training accuracy falls, and the test accuracy seems to rise a little. The rise is small, and lines of means do not tell whether every seed gains. So the second figure shows differences within each seed, between networks with the same data and the same initial weights. With $\lambda = 0.003$ all 5 seeds do better than with 0, by about 0.03 on average. With other seeds, at least 9 in 10 did better. Overfitting has been eased. At 1.0, however, both drop to about 0.1 (and at 0.1 they nearly do), no better than guessing among ten digits. **Regularization that is too strong causes underfitting.**
#
# Compare with the figure of experiment 2. It has the same shape with left and right exchanged: the size of a model and the strength of regularization turn the same dial, its **capacity**. What tells the two illnesses apart is the score on the training data. The table is for correct labels; with wrong ones, as in experiments 2 and 3, go by the direction and not by the height.
#
# | | training data | test data | remedy |
# |---|---|---|---|
# | underfitting | poor | poor | a larger model, weaker regularization, longer training |
# | overfitting | good | poor | more data, a smaller model, stronger regularization |
# | just right | good | good | leave it |

# %% [markdown] lang="ja" id="ex-diagnose" tags=["exercise"]
# ### 練習2　診断する
#
# 3つのモデルA、B、Cの成績です。それぞれ過学習なら`"over"`、学習不足なら`"under"`、どちらでもなければ`"fine"`として、`answer = ["…", "…", "…"]`の形で答えてください。ラベルは正しく、どれも10種類の数字を分類しています。
#
# | | 訓練データでの正解率 | 検証データでの正解率 |
# |---|---|---|
# | A | 0.99 | 0.72 |
# | B | 0.41 | 0.40 |
# | C | 0.97 | 0.96 |
#
# <details><summary>ヒント</summary>
#
# まず訓練データでの正解率を見ます。よいときだけ、検証データとの差を見ます。
#
# </details>
# %% [markdown] lang="en" id="ex-diagnose" tags=["exercise"]
# ### Exercise 2: make a diagnosis
#
# Here are the scores of three models, A, B and C. For each, say `"over"` for overfitting, `"under"` for underfitting or `"fine"` for neither, in the form `answer = ["…", "…", "…"]`. The labels are correct, and all three classify the ten digits.
#
# | | training accuracy | validation accuracy |
# |---|---|---|
# | A | 0.99 | 0.72 |
# | B | 0.41 | 0.40 |
# | C | 0.97 | 0.96 |
#
# <details><summary>Hint</summary>
#
# Look at the training accuracy first. Only if that is good, look at the gap to the validation data.
#
# </details>

# %% id="ex-diagnose-answer" tags=["exercise"]
answer = ...

# %% id="ex-diagnose-solution" tags=["solution"]
answer = ["over", "under", "fine"]

# %% id="ex-diagnose-check" tags=["check"]
check("02-diagnose", answer)

# %% [markdown] lang="ja" id="stop-question"
# ## 実験4　早期終了
#
# 3番目の人の提案です。**早期終了**（early stopping、早期停止とも）では、エポックのたびに検証データでの損失を測り、10エポック続けて下がらなければ訓練をやめて、いちばんよかったエポックの重みに戻します。Kerasでは`EarlyStopping`というコールバックを使います。見張る値は、`training.fit`や`training.sweep`では`"val_data_loss"`です。Kerasの`model.fit`では`"val_loss"`と書きます（ペナルティがあれば、その分も入った値です）。
#
# 大事なのは、**止めどきを検証データで決める**ことです。テストデータで決めると、前の課で見たように成績が見かけだけよくなります。検証データのラベルにも、訓練データと同じ割合で誤りがあります。
#
# **予想してみよう**　何エポック目に戻るでしょうか。誤りを含む検証データで、うまくいくでしょうか。
# %% [markdown] lang="en" id="stop-question"
# ## Experiment 4: early stopping
#
# Now the third proposal. With **early stopping** we measure the loss on the validation data after every epoch, stop once it has not improved for 10 epochs in a row, and go back to the weights of the best epoch. In Keras this is the callback `EarlyStopping`. The value it watches is called `"val_data_loss"` in `training.fit` and `training.sweep`. With Keras' `model.fit`, write `"val_loss"` (if there is a penalty, it is part of that value).
#
# It matters that **validation data decide when to stop**. If test data did, the score would merely look better, as the previous lesson showed. The validation labels have the same share of errors as the training labels.
#
# **Make a guess.** Which epoch will it go back to? And can it work with validation labels that are partly wrong?

# %% id="stop-run"
def early_stopping():
    stop = keras.callbacks.EarlyStopping("val_data_loss", patience=10, restore_best_weights=True)
    return [stop]


def test_accuracies(result):
    return [
        training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs
    ]


options = {"data": noisy_digits, "epochs": 100, "seeds": range(5), "progress": False}
full = training.sweep(build_model, {}, **options)
stopped = training.sweep(build_model, {}, callbacks=early_stopping, **options)

# %% id="stop-figure"
groups = {text("all_epochs"): full, text("early_stopping"): stopped}
accuracies = {name: test_accuracies(result) for name, result in groups.items()}
plots.plot_scores(accuracies, text("accuracy"))
best_epochs = [int(run.history.columns["val_data_loss"].argmin()) + 1 for run in stopped.runs]
print("best epochs:", best_epochs)

# %% [markdown] lang="ja" id="stop-seen" claims="02-early-stopping-is-strong"
# 菱形が平均、横の線が標準偏差、灰色の点が1つのシードです。この実行での平均は、最後まで訓練すると0.78、早期終了では0.88です。シードごとに比べると、5回とも早期終了のほうがよくなりました。戻ったのは16エポック目から29エポック目です。ほかのシードでも、早期終了のほうが必ずよく、戻るのは100エポックの前半でした。
#
# ラベルの36%が誤っている検証データでも、止めどきを決めるには十分でした。誤りは画像と関係なく散らばっているので、モデルが数字の形を学んでいる間は検証損失が下がり、誤りを覚えはじめると上がるからだと考えられます。
#
# 手間がかからず、よく効く。早期終了は侮れない対策です。あとの課で学ぶ方法は、この早期終了と同じ条件で比べます。
# %% [markdown] lang="en" id="stop-seen" claims="02-early-stopping-is-strong"
# The diamonds are means, the lines standard deviations, and each gray dot is a seed. In this run, the mean is 0.78 when trained to the end and 0.88 with early stopping. Seed by seed, early stopping was better all 5 times. It went back to epochs between 16 and 29. With other seeds, too, early stopping was always better, and it went back to the first half of the 100 epochs.
#
# Validation data with 36% wrong labels were good enough to tell when to stop. The errors have nothing to do with the images. That may be why the validation loss falls while the model learns the shapes of the digits, and rises once it begins to learn the errors by heart.
#
# Little effort, large effect: early stopping is not to be underestimated. The methods of the later lessons will be compared with it on equal terms.

# %% [markdown] lang="ja" id="augment-question"
# ## 実験5　データ拡張
#
# データを集められないなら、増やしてみましょう。数字は、1画素ずれても同じ数字です。そこで、訓練データの画像を上下左右に1画素ずつずらした4枚を、元の画像に加えます。これを**データ拡張**（data augmentation、水増しとも）といいます。行数が5倍になるので、エポック数を5分の1にします。25行ずつ訓練するので、重みの更新回数はちょうど同じです。
#
# 2つの場面で試します。ラベルの正しい100枚と、ラベルの約36%が誤った400枚です。比べる相手は、元の画像だけで100エポック訓練したモデルです。エポック数を減らしただけの効き目と区別するために、元の画像だけで20エポック訓練したモデルも加えます。テスト画像も、そのままのものと、上下左右に1画素ずらしたものの2通りを使います。
#
# **予想してみよう**　どちらの場面で、どちらのテスト画像に、よく効くでしょうか。
# %% [markdown] lang="en" id="augment-question"
# ## Experiment 5: data augmentation
#
# If you cannot collect more data, make some. A digit moved by one pixel is still the same digit. So we add to each training image four copies of it, moved one pixel up, down, left and right. This is **data augmentation**. There are now five times as many rows, so we use a fifth of the epochs. With batches of 25 rows, the number of weight updates is exactly the same.
#
# We try two situations: 100 images with correct labels, and 400 images with about 36% wrong labels. We compare with a model trained for 100 epochs on the original images. To tell the effect of augmentation from that of fewer epochs, there is also a model trained on the original images for only 20. And there are two kinds of test images: as they are, and shifted by one pixel up, down, left and right.
#
# **Make a guess.** In which situation, and on which test images, will it help more?

# %% id="augment-run"
def with_shifts(x):
    images = x.reshape(-1, 8, 8)
    moves = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
    return np.concatenate([np.roll(images, move, axis=(1, 2)) for move in moves]).reshape(-1, 64)


def augmentation_scores(n, label_noise, seed):
    dataset = data.digits(n_train=n, n_validation=200, label_noise=label_noise, seed=seed)
    x, y = dataset.train
    x_test, y_test = dataset.test
    tests = [(x_test, y_test), (with_shifts(x_test)[len(x_test):], np.tile(y_test, 4))]
    found = []
    for rows, labels, epochs in [(x, y, 100), (x, y, 20), (with_shifts(x), np.tile(y, 5), 20)]:
        model = build_model(seed=seed)
        training.fit(model, rows, labels, epochs=epochs, batch_size=25, seed=seed, progress=False)
        found.append([training.evaluate(model, *test)["accuracy"] for test in tests])
    return found

# %% id="augment-scores"
situations = {"correct_labels": (100, 0.0), "wrong_labels": (400, 0.4)}
found = {
    label: np.array([augmentation_scores(n, label_noise, seed) for seed in range(5)])
    for label, (n, label_noise) in situations.items()
}
models_of = ["as_they_are_100", "as_they_are_20", "with_shifts"]
pd.concat({
    text(label, n=situations[label][0]): pd.DataFrame(
        scores.mean(axis=0), [text(key) for key in models_of], [text("test_images"), text("moved_test_images")]
    )
    for label, scores in found.items()
}).round(2)

# %% id="augment-figure"
fig, axes = plt.subplots(2, 1, figsize=(8.5, 4.6), layout="constrained", sharex=True)
for ax, (label, scores_of) in zip(axes, found.items(), strict=True):
    gains = scores_of[:, 1:] - scores_of[:, :1]
    rows = {
        f"{text(key)} → {text(part)}": gains[:, i, j]
        for j, part in enumerate(["test_images", "moved_test_images"])
        for i, key in enumerate(models_of[1:])
    }
    plots.plot_scores(rows, text("accuracy_above_plain"), ax=ax)
    ax.axvline(0, color="black", linestyle=":", zorder=0)
    ax.set_title(text(label, n=situations[label][0]), loc="left")

# %% [markdown] lang="ja" id="augment-seen" claims="02-augmentation-helps-against-wrong-labels"
# 表は5つのシードの平均、図は、元の画像で100エポック訓練したモデルとの差を、同じシードどうしで取ったものです。
#
# 上の、正しいラベルの100枚では、そのままのテスト画像での正解率は、データ拡張で0.02ほど**下がりました**。ほかのシードでも、平均すれば下がります。ここでの数字は中央にそろえてあるので、起こらないずれに備えた分だけ損をしたのかもしれません。けれども、**ずらしたテスト画像**では、0.42から0.71へと大きく上がりました。データ拡張は、備えておいた変化に効くのです。
#
# 下の、誤ったラベルのある400枚では、そのままのテスト画像で0.77から0.90へと上がりました。ただし、その大部分は、データ拡張でなくても手に入ります。元の画像だけでも、20エポックでやめれば0.88になるからです。データ拡張は、重みの更新回数が100エポックの場合と同じなのに、誤ったラベルの丸暗記を妨げました。元の1枚とずらした4枚が同じラベルを共有するので、1枚の画像の細かい癖に頼って覚えるのが難しくなるのかもしれません。そして、ずらしたテスト画像では、20エポックでやめただけのモデルの0.39に対して、0.81でした。早くやめるだけでは、ここまで上がりません。
#
# データ拡張のもともとのねらいは、**使うときに本当に起こる変化**をまねて、それに備えることです。この実験で、訓練を早くやめるだけでは得られなかったのも、その効き目でした。
# %% [markdown] lang="en" id="augment-seen" claims="02-augmentation-helps-against-wrong-labels"
# The table holds means over 5 seeds. The figure shows differences from the model trained for 100 epochs on the original images, within each seed.
#
# In the upper part, with 100 correct labels, augmentation **lowered** the accuracy on the test images as they are by about 0.02. With other seeds, too, it falls on average. These digits are centered; perhaps that is the price of preparing for shifts that do not occur. On the **shifted test images**, however, accuracy rose a lot, from 0.42 to 0.71. Augmentation helps with the change it prepares for.
#
# In the lower part, with 400 images and wrong labels, accuracy on the test images as they are rose from 0.77 to 0.90. But most of that is to be had without augmentation: on the original images alone, stopping after 20 epochs gives 0.88. With as many weight updates as in the 100 epochs, augmentation got in the way of memorizing wrong labels. The original and its four shifted copies share one label, which may make it harder to memorize a wrong label by some quirk of a single image. And on the shifted test images it reached 0.81, where the model that merely stopped after 20 epochs has 0.39. Stopping early does not bring that.
#
# The usual aim of augmentation is to imitate **changes that really happen in use**, and so to prepare for them. In this experiment, that is the effect which stopping early did not have.

# %% [markdown] lang="ja" id="bias-question"
# ## 実験6　バイアスとバリアンス
#
# なぜ大きすぎても小さすぎてもいけないのでしょうか。真の曲線が分かっているデータで、外れ方を2つに分けてみます。ノイズの付いた20点から曲線を当てはめることを、**訓練データを200回取り直して**繰り返します。モデルには、すぐに計算できる多項式を使います。次数がモデルの大きさに当たります。
#
# 次の図は、次数が1、3、7のときの結果です。灰色の線は200本のうちの30本、青い線は200本全部の平均です。
#
# **予想してみよう**　灰色の線（1本が1組の訓練データから）は、どの次数でいちばん散らばるでしょうか。平均が真の曲線から外れるのは、どの次数でしょうか。
# %% [markdown] lang="en" id="bias-question"
# ## Experiment 6: bias and variance
#
# Why is too large as bad as too small? With data whose true curve is known, we can split the error in two. We fit a curve to 20 noisy points, and do so again and again for **200 different training sets**. As a model we take polynomials, which are computed in no time; their degree plays the part of the size.
#
# The next figure shows degrees 1, 3 and 7. Of the 200 curves, 30 are drawn in gray; the blue line is the mean of all 200.
#
# **Make a guess.** For which degree will the gray lines, one per training set, be scattered most? And for which will their mean miss the true curve?

# %% id="bias-run"
grid = np.linspace(-0.9, 0.9, 61)
truth = data.true_curve(grid)


def fits(degree, n_train=20):
    curves = []
    for seed in range(200):
        x, y = data.noisy_curve(n_train=n_train, seed=seed).train
        curves.append(np.polyval(np.polyfit(x[:, 0], y, degree), grid))
    return np.array(curves)


fig, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained", sharey=True)
for ax, degree in zip(axes, [1, 3, 7], strict=True):
    plots.plot_spread(grid, fits(degree), truth, shown=30, ax=ax)
    ax.set_title(f"{text('degree')}: {degree}", loc="left")
for ax in axes[1:]:
    ax.get_legend().remove()  # the one on the left is enough

# %% [markdown] lang="ja" id="bias-seen"
# 次数1の直線は、どの訓練データからも似たものになりますが、平均しても真の曲線（黒い破線）から外れています。次数7の曲線は、平均すれば端の近くを除いて真の曲線に近いものの、1本ずつは大きく暴れます。次数3は、どちらも小さく収まっています。
#
# 外れ方の1つ目を**バイアス**（bias）、2つ目を**バリアンス**（variance）といいます。$\hat{f}$を1組の訓練データから得た曲線、$f$を真の曲線、上に線を引いた$\bar{f}$を200本の平均とすると、$f$との二乗誤差の平均はちょうど2つの和になります。
#
# $$\overline{(\hat{f} - f)^2} = (\bar{f} - f)^2 + \overline{(\hat{f} - \bar{f})^2}$$
#
# 左辺が真の曲線との二乗誤差、右辺の第1項がバイアスの2乗、第2項がバリアンスです。新しい測定値との二乗誤差なら、これにノイズの分散（ここでは$0.3^2 = 0.09$）が加わります。それは、どんなモデルを使っても減らせません。この和の形は、真の値が分かっている二乗誤差でだけ成り立ちます。正解率には当てはまりません。
# %% [markdown] lang="en" id="bias-seen"
# The straight lines of degree 1 come out much the same from every training set, but even their mean misses the true curve (black dashes). The curves of degree 7 are close to the truth on average, except near the ends, while each one of them swings wildly. Degree 3 has little of either.
#
# The first kind of error is called **bias**, the second **variance**. Write $\hat{f}$ for the curve from one training set, $f$ for the true curve and $\bar{f}$, with a bar, for the mean of all 200. Then the mean squared error from $f$ is exactly the sum of the two:
#
# $$\overline{(\hat{f} - f)^2} = (\bar{f} - f)^2 + \overline{(\hat{f} - \bar{f})^2}$$
#
# On the left is the squared error from the truth; on the right, first the squared bias, then the variance. The squared error from new measurements also contains the variance of their noise, here $0.3^2 = 0.09$, which no model can reduce. This sum holds for squared error with a known truth only, not for accuracy.

# %% id="tradeoff-run"
degrees = [1, 2, 3, 4, 5, 6, 7]
fig, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained", sharey=True)
for ax, n_train in zip(axes, [20, 100], strict=True):
    curves = [fits(degree, n_train) for degree in degrees]
    squared_bias = [np.mean((c.mean(axis=0) - truth) ** 2) for c in curves]
    variance = [np.mean(c.var(axis=0)) for c in curves]
    plots.plot_bias_variance(degrees, squared_bias, variance, text("degree"), ax=ax)
    ax.set_title(f"n = {n_train}", loc="left")

# %% [markdown] lang="ja" id="tradeoff-seen" claims="02-bias-falls-and-variance-rises"
# 左が20点の訓練データです。バイアスの2乗は、次数1と2では0.15ほどあり、次数3で0.003ほどに下がります。
#
# バリアンスは、次数とともに一直線に増えるわけではありません。次数1、2、3では0.03、0.08、0.03と、次数2がいちばん散らばっています。放物線では表せない分が、ノイズと同じように曲線を揺らすからです。ノイズのない点に当てはめても、次数2のバリアンスは0.06ほど残り、次数3ではほとんどなくなります。次数3から先は、表せない分はもうほとんどないのに、ノイズを追いかける余地だけが増えていきます。次数6と7のバリアンスは、次数3の10倍以上です。この実行では次数7で3.4になりましたが、この値はわずか数本の極端な曲線で決まるので、訓練データを取り直すと大きく変わります。
#
# 和がいちばん小さいのは次数3で、0.03ほどです。実験2で見た山と同じ形です（誤差なので、上下が逆の谷になります）。
#
# 右は100点です。バリアンスはずっと小さくなり、どの次数でも0.02未満です。一方、バイアスの2乗は、それが効いている次数1から3では、ほとんど変わりません。次数4以上では線が動いて見えますが、左の図ではバリアンスに比べれば取るに足りません（200本の平均に残る偶然のゆれも混ざっています）。和が最小になる次数は、この実行では5に動きました。**データが多ければ、大きなモデルを使えます。** 実験1のデータを増やす効き目も、バリアンスを減らすことだったのかもしれません。
# %% [markdown] lang="en" id="tradeoff-seen" claims="02-bias-falls-and-variance-rises"
# On the left, with 20 points, the squared bias is about 0.15 for degrees 1 and 2 and falls to about 0.003 for degree 3.
#
# The variance does not simply rise with the degree. For degrees 1, 2 and 3 it is 0.03, 0.08 and 0.03: degree 2 scatters most. What a parabola cannot express sways the curve just as noise does. Fit points that carry no noise, and degree 2 still has a variance of about 0.06, degree 3 almost none. From degree 3 on there is little left that cannot be expressed; what grows is the room to chase the noise. For degrees 6 and 7 the variance is more than 10 times that of degree 3. In this run it is 3.4 for degree 7, but a few extreme curves decide that number, and with other training sets it is quite different.
#
# The sum is lowest for degree 3, about 0.03. It has the shape of the hill of experiment 2 (as an error, so it is a valley).
#
# On the right there are 100 points. The variance is far smaller, below 0.02 for every degree. The squared bias is hardly different for degrees 1 to 3, where it matters. From degree 4 on, its line does move, but on the left it is next to nothing beside the variance (and part of it is chance that is left in a mean of 200 curves). In this run, the best degree has moved to 5. **With more data you can afford a larger model.** What more data did in experiment 1 may have been to reduce variance, too.

# %% [markdown] lang="ja" id="remedies-question"
# では、正則化、ドロップアウト、訓練を早くやめることは、この2つをどう変えるでしょうか。20点の訓練データを20組用意し、64ユニットの隠れ層が2つのネットワークを500エポック訓練して、同じように測ります。
#
# **予想してみよう**　3つの対策で、バリアンスはどう変わるでしょうか。バイアスはどうでしょうか。
# %% [markdown] lang="en" id="remedies-question"
# How do regularization, dropout and stopping early change the two? With 20 training sets of 20 points each, we train a network with 2 hidden layers of 64 units for 500 epochs, and measure in the same way.
#
# **Make a guess.** What will the three remedies do to the variance? And to the bias?

# %% id="remedies-run"
def network(seed, l2=None, dropout_rate=None):
    remedy = {"l2": l2, "dropout_rate": dropout_rate}
    return models.regressor(1, units=(64, 64), activation="tanh", learning_rate=0.01, seed=seed, **remedy)


def twenty_points(seed, **point):
    return data.noisy_curve(n_train=20, seed=seed)


def error_parts(epochs=500, **remedy):
    options = {"epochs": epochs, "batch_size": 20, "seeds": range(20), "progress": False}
    result = training.sweep(network, [remedy], data=twenty_points, **options)
    curves = np.array([np.asarray(run.model(grid[:, None]))[:, 0] for run in result.runs])
    return np.mean((curves.mean(axis=0) - truth) ** 2), np.mean(curves.var(axis=0))

# %% id="remedies-figure"
plots.plot_error_parts({
    text("remedy_nothing"): error_parts(),
    text("remedy_l2_of", strength=0.003): error_parts(l2=0.003),
    text("remedy_dropout_of", rate=0.1): error_parts(dropout_rate=0.1),
    text("remedy_stopping_at", epoch=150): error_parts(epochs=150),
});

# %% [markdown] lang="ja" id="remedies-seen" claims="02-remedies-reduce-variance"
# 橙色がバイアスの2乗、緑がバリアンスです。3つの対策はどれも、バリアンスを、対策なしの4分の3より小さくしました。$\lambda = 0.003$のL2正則化では、半分より小さくなりました。代わりに、ドロップアウトではバイアスが増えています。ほかの20組の訓練データでも同じでした。
#
# バリアンスが減っても、それ以上にバイアスが増えれば、誤差は大きくなります。一方を減らすと他方が増えやすいことを、**バイアスとバリアンスのトレードオフ**（bias–variance trade-off）といいます。データを増やすときは、1つ前の図で見たとおり、バイアスはほとんどそのままで、バリアンスだけが減りました。
# %% [markdown] lang="en" id="remedies-seen" claims="02-remedies-reduce-variance"
# Orange is the squared bias, green the variance. Each of the three remedies brought the variance below three quarters of what it is with nothing; L2 regularization with $\lambda = 0.003$ brought it below half. In exchange, dropout has a larger bias. With 20 other training sets it was the same.
#
# If the bias grows by more than the variance shrinks, the error grows. That reducing the one tends to raise the other is called the **bias–variance trade-off**. With more data, as the figure before showed, the variance shrank and the bias stayed nearly as it was.

# %% [markdown] lang="ja" id="ex-variance" tags=["exercise"]
# ### 練習3　バリアンスを測る
#
# 訓練データが50点のとき、次数5の多項式のバリアンスを`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `fits(5, n_train=50)`は、200行61列の配列です。訓練データについて（`axis=0`）分散を取り、場所について平均します。
#
# </details>
# %% [markdown] lang="en" id="ex-variance" tags=["exercise"]
# ### Exercise 3: measure a variance
#
# Put the variance of polynomials of degree 5, with 50 training points, into `answer`.
#
# <details><summary>Hint</summary>
#
# `fits(5, n_train=50)` is an array with 200 rows and 61 columns. Take the variance over the training sets (`axis=0`), then the mean over the places.
#
# </details>

# %% id="ex-variance-answer" tags=["exercise"]
answer = ...

# %% id="ex-variance-solution" tags=["solution"]
answer = fits(5, n_train=50).var(axis=0).mean()

# %% id="ex-variance-check" tags=["check"]
check("02-variance", answer, fits(5, n_train=50), truth)

# %% [markdown] lang="ja" id="leak-question"
# ## 実験7　データ漏洩
#
# 最後は、対策ではなく落とし穴です。100人分のデータがあり、1人につき1000個の測定値があります。ただし、測定値もラベルも**完全な乱数**です。学べることは何もないので、どんなモデルでも、正解率は平均すれば0.5のはずです。
#
# よくある手順をまねます。ラベルとよく相関する測定値を20個選び、50人で訓練し、残りの50人で評価します。違いは1つだけです。20個を選ぶのに、**全員のデータ**を使うか、**訓練データだけ**を使うか。
#
# **予想してみよう**　正解率は、それぞれどのくらいになるでしょうか。
# %% [markdown] lang="en" id="leak-question"
# ## Experiment 7: data leakage
#
# Last comes a pitfall rather than a remedy. Here are 100 people with 1000 measurements each. But the measurements and the labels are **nothing but random numbers**. There is nothing to be learned, so the expected accuracy of any model is 0.5.
#
# We imitate a common procedure: pick the 20 measurements that correlate best with the labels, train on 50 people, evaluate on the other 50. There is just one difference. Are the 20 picked with the data of **everybody**, or with the **training data only**?
#
# **Make a guess.** What accuracy will each of them give?

# %% id="leak-run"
def accuracy_on_random_labels(seed, select_on_everybody):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(100, 1000)), generator.permutation(np.arange(100) % 2)
    train, held_out = np.arange(50), np.arange(50, 100)
    rows = np.arange(100) if select_on_everybody else train
    values, label = x[rows] - x[rows].mean(axis=0), y[rows] - y[rows].mean()
    correlation = np.abs(values.T @ label) / (np.linalg.norm(values, axis=0) * np.linalg.norm(label))
    picked = np.argsort(-correlation)[:20]
    model = LogisticRegression().fit(x[train][:, picked], y[train])
    return model.score(x[held_out][:, picked], y[held_out])


for everybody in (True, False):
    found = [accuracy_on_random_labels(seed, everybody) for seed in range(20)]
    print(f"selected on everybody: {everybody!s:6} accuracy {np.mean(found):.2f} ± {np.std(found, ddof=1):.2f}")

# %% [markdown] lang="ja" id="leak-seen" claims="02-leakage-invents-a-score"
# 全員で選ぶと0.8前後という立派な正解率が出ました。学べることは何もないはずなのに、です。訓練データだけで選べば、予想どおり0.5前後になります（20個のシードの平均）。
#
# 評価に使う50人のラベルが、測定値を選ぶ段階で**漏れた**のです。モデルの訓練には使っていなくても、同じことです。平均や標準偏差を全員で計算してから分ける標準化（standardization）も、同じ種類の誤りです。
#
# **データを分けるのがいちばん先。選ぶのも、標準化も、訓練も、訓練データだけで。** これで、この種の漏洩は防げます。ほかにも、同じ画像や同じ人のデータが、分けた両側に入っていないかを確かめましょう。
# %% [markdown] lang="en" id="leak-seen" claims="02-leakage-invents-a-score"
# Selecting on everybody gives a respectable accuracy of around 0.8, although there is nothing to be learned. Selecting on the training data only gives around 0.5, as it should (means over 20 seeds).
#
# The labels of the 50 people used for evaluation **leaked** when the measurements were picked. That they were not used to train the model makes no difference. Standardizing all rows before splitting them is a mistake of the same kind.
#
# **Split first. Then select, standardize and train on the training data alone.** That prevents leaks of this kind. Also make sure that no copy of a row, and no person's data, ends up on both sides of the split.

# %% [markdown] lang="ja" id="descent-question"
# ## 発展　二重降下
#
# 実験2では、ネットワークを大きくするとテストデータでの正解率が下がりました。では、もっともっと大きくするとどうなるでしょうか。400枚、ラベルの20%を引き直したデータで、ユニット数を4から512まで変え、600エポックという長い訓練をしました。5つのシードで2分ほどかかるので、結果を保存してあります。`RECOMPUTE = True`にすれば、その場で計算し直せます。
#
# **予想してみよう**　右端では、正解率はさらに下がっているでしょうか。
# %% [markdown] lang="en" id="descent-question"
# ## Advanced: double descent
#
# In experiment 2 a larger network had a lower test accuracy. What if we make it much, much larger? With 400 images, 20% of their labels redrawn, we went from 4 to 512 units and trained for as long as 600 epochs. This takes about two minutes for 5 seeds, so the results are stored. Set `RECOMPUTE = True` to compute them again.
#
# **Make a guess.** At the right end, will the accuracy have fallen further?

# %% id="descent-run"
RECOMPUTE = False


def mislabeled_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.2, seed=seed)


many_widths = [4, 8, 12, 16, 24, 32, 64, 128, 512]
if RECOMPUTE:
    result = training.sweep(
        build_model, {"units": many_widths}, data=mislabeled_digits, epochs=600, seeds=range(5)
    )
    descent = scores(result, "units", mislabeled_digits)
else:
    table = stored.load("02_double_descent")
    descent = {part: table.pivot(index="units", columns="seed", values=part) for part in ("training", "test")}

# %% id="descent-figure"
plots.plot_validation_curve(many_widths, descent, text("accuracy"), xlabel=text("units_in_layer"));

# %% [markdown] lang="ja" id="descent-seen" claims="02-double-descent"
# 保存した5つのシードの平均では、テストデータでの正解率は、4ユニットの0.72から8ユニットの0.81へまず上がり、32ユニットの0.78ほどまで下がり、その先で**また上がります**。512ユニットでは0.81で、最初の山に並びました。谷の底は、訓練データでの正解率がほぼ1.0に届くあたりです（32ユニットで0.98）。ほかのシードで計算し直しても、32ユニットの平均は、8ユニットと512ユニットのどちらよりも低くなりました。
#
# これを**二重降下**（double descent）といいます（誤差で描くと2回下がるからです）。訓練データをやっと覚えられる大きさでは、覚え方がほとんど1通りしかなく、無理な形になります。もっと大きければ覚え方はいくらでもあり、勾配降下法はその中からなめらかなものを見つけやすい、と考えられています。
#
# ですから、「大きいほど過学習する」は、いつも正しいわけではありません。ただし、この図の512ユニットは8ユニットの山に並んだだけで、越えてはいません。
# %% [markdown] lang="en" id="descent-seen" claims="02-double-descent"
# In the mean of the 5 stored seeds, the test accuracy first rises, from 0.72 with 4 units to 0.81 with 8, falls to about 0.78 with 32, and then **rises again**. With 512 units it is 0.81, level with the first peak. The bottom of the valley lies where the training accuracy has nearly reached 1.0 (it is 0.98 with 32 units). Computed again with other seeds, the mean with 32 units was below those with 8 and with 512, too.
#
# This is called **double descent** (drawn as an error, the curve goes down twice). A network that is barely large enough to memorize its training data has hardly any choice in how to do it, and ends up in an awkward shape. A much larger one can memorize them in countless ways, and gradient descent, it is thought, tends to find a smooth one among them.
#
# So “bigger means more overfitting” is not always true. In this figure, though, 512 units only draw level with the peak at 8 units; they do not pass it.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("02")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - 3人とも、一部は正しかったのです。データ不足、大きすぎるモデル、抑えの足りなさ（長すぎる訓練もその1つ）は、どれも過学習を起こします。
# - 学習曲線では、データが増えると訓練とテストの差が縮みます。検証曲線では、成績は山の形になり、左が学習不足、右が過学習です（正則化の強さでは左右が逆です）。ラベルに誤りがあるときは、差ではなく向きを読みます。
# - **早期終了**は手軽で強い対策です。止めどきは検証データで決めます。
# - **データ拡張**は、使うときに起こる変化への備えです。ここでは、ずらした画像に大きく効きました。誤ったラベルの丸暗記も妨げますが、それは訓練を早くやめるだけでもほとんど同じでした。
# - 真の曲線との二乗誤差は、**バイアスの2乗とバリアンスの和**です（新しい測定値との誤差には、減らせないノイズが加わります）。ここで測った対策は、バリアンスを減らしました。
# - 評価に使う行の情報を途中で使うと、成績が見かけだけよくなり、過学習が隠れます。
#
# 前の課は[01　過学習とは何か](01_overfitting.ipynb)、次の課は[03　L2正則化](03_l2.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[EarlyStopping](https://keras.io/api/callbacks/early_stopping/)、[画像のデータ拡張](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)
# - S. Geman, E. Bienenstock, R. Doursat (1992). Neural networks and the bias/variance dilemma. Neural Computation 4, 1–58.
# - L. Prechelt (1998). Early stopping – but when? In: Neural Networks: Tricks of the Trade, Springer, 55–69.
# - C. Ambroise, G. McLachlan (2002). Selection bias in gene extraction on the basis of microarray gene-expression data. PNAS 99, 6562–6566.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal (2019). Reconciling modern machine-learning practice and the classical bias–variance trade-off. PNAS 116, 15849–15854. [arXiv:1812.11118](https://arxiv.org/abs/1812.11118)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - All three speakers were partly right. Too little data, a model that is too large and too little restraint (training for too long is one form of it) all cause overfitting.
# - On a learning curve, the gap between training and test shrinks as data grow. On a validation curve, the score forms a hill with underfitting on the left and overfitting on the right (the other way round for the strength of regularization). With wrong labels, read the direction and not the gap.
# - **Early stopping** is easy and strong. Validation data decide when to stop.
# - **Data augmentation** prepares for changes that happen in use. Here it helped a lot with shifted images. It also got in the way of memorizing wrong labels, but stopping early did so nearly as well.
# - The squared error from the truth is the **sum of squared bias and variance** (that from new measurements also contains noise, which nothing reduces). The remedies measured here reduced the variance.
# - Use any information from the rows you evaluate on, and the score merely looks better, while overfitting stays hidden.
#
# The previous lesson is [01 What overfitting is](01_overfitting.ipynb), the next one [03 L2 regularization](03_l2.ipynb).
#
# ## Read more
#
# - On Keras' pages: [EarlyStopping](https://keras.io/api/callbacks/early_stopping/), [image augmentation layers](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)
# - S. Geman, E. Bienenstock, R. Doursat (1992). Neural networks and the bias/variance dilemma. Neural Computation 4, 1–58.
# - L. Prechelt (1998). Early stopping – but when? In: Neural Networks: Tricks of the Trade, Springer, 55–69.
# - C. Ambroise, G. McLachlan (2002). Selection bias in gene extraction on the basis of microarray gene-expression data. PNAS 99, 6562–6566.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal (2019). Reconciling modern machine-learning practice and the classical bias–variance trade-off. PNAS 116, 15849–15854. [arXiv:1812.11118](https://arxiv.org/abs/1812.11118)

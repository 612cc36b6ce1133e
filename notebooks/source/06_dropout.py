# %% [markdown] lang="ja" id="title"
# # 06　ドロップアウト
#
# 重みを抑える代わりに、訓練のたびにユニットを無作為に休ませる。乱暴に見えるこの方法が、**ドロップアウト**（dropout）です。この課では、NumPyで自分の手で作り、Kerasの層と比べ、何が起きているのかを1つずつ測ります。
#
# **このノートブックを終えると、次のことができます。**
#
# - ドロップアウトをNumPyで書き、訓練と推論での違いを説明する
# - 残った値を$1/(1-p)$倍する理由を、期待値で示す
# - ドロップアウト率を選び、入力にも使うかどうかを決める
# - モンテカルロドロップアウトで何が分かり、何が分からないかを説明する
# - 訓練中の成績と評価の成績が食い違う理由を説明する
#
# 時間の目安は、「発展」を除いて50分です。
# %% [markdown] lang="en" id="title"
# # 06 Dropout
#
# Instead of holding weights down, give units a rest: at each training step, some of them are switched off at random. Rough as it sounds, this is **dropout**. In this lesson you build it by hand in NumPy, compare it with the Keras layer, and measure what it does, one question at a time.
#
# **When you have finished this notebook, you can**
#
# - write dropout in NumPy and explain how training and inference differ
# - show by an expected value why surviving values are multiplied by $1/(1-p)$
# - choose a dropout rate, and decide whether to use it on the input
# - say what Monte Carlo dropout does and does not reveal
# - explain why scores during training and in evaluation disagree
#
# Allow about 50 minutes, without the advanced part.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from coursekit import data, models, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 誰かが必ず休む吹奏楽部、という話
#
# ある吹奏楽部では、練習のたびにくじを引き、半分の部員を休ませます。トランペットの名手も休むことがあるので、ほかの人は名手に頼らず、自分のパートだけで曲が分かるように吹かなければなりません。本番には全員がそろいます。
#
# **こんな練習で、なぜ上手になるのでしょうか。** そして本番では、音が大きくなりすぎないのでしょうか。これがこの課の問いです。
# %% [markdown] lang="en" id="story"
# ## The band in which somebody is always missing
#
# In one school band lots are drawn before each rehearsal, and half of the players sit out. The star trumpeter may be among them. So the others cannot lean on the star; each has to play in such a way that the piece can be recognized from his or her own part alone. At the concert everybody plays.
#
# **Why should such rehearsals make the band better?** And will the concert not be too loud? These are the questions of this lesson.

# %% [markdown] lang="ja" id="hand-question"
# ## 実験1　手で作るドロップアウト
#
# ドロップアウトは、値を1つずつ独立に、確率$p$で0にし、残った値を$1/(1-p)$倍します。$p$は**ドロップアウト率**（dropout rate）で、**消す**割合です（残す割合ではありません）。0か1を並べた、どれを残すかを表す配列を**マスク**（mask）といいます。
#
# $$\tilde{x}_j = \frac{m_j}{1-p}\,x_j, \qquad \Pr(m_j = 0) = p, \quad \Pr(m_j = 1) = 1-p$$
#
# $x_j$は元の値、$m_j$はマスク、$\tilde{x}_j$は結果、$\Pr$は確率です。100000個の1に適用し、NumPyで書いたものとKerasの`Dropout`を比べます。率は0.4です。
#
# **予想してみよう**　0になる割合、残った値、平均、分散はいくつになるでしょうか。
# %% [markdown] lang="en" id="hand-question"
# ## Experiment 1: dropout by hand
#
# Dropout sets each value to 0 with probability $p$, independently of the others, and multiplies the surviving ones by $1/(1-p)$. The number $p$ is the **dropout rate**: the fraction that is **dropped**, not the one that is kept. The array of zeros and ones that says which values are kept is called a **mask**.
#
# $$\tilde{x}_j = \frac{m_j}{1-p}\,x_j, \qquad \Pr(m_j = 0) = p, \quad \Pr(m_j = 1) = 1-p$$
#
# $x_j$ is a value, $m_j$ its mask, $\tilde{x}_j$ the result, and $\Pr$ means probability. We apply this to 100000 ones, once written in NumPy and once with Keras' `Dropout`, with a rate of 0.4.
#
# **Make a guess.** What will be the fraction of zeros, the surviving value, the mean and the variance?

# %% id="hand-run"
def dropout(x, rate, generator):
    mask = generator.random(x.shape) >= rate
    return mask * x / (1 - rate)


ones = np.ones(100_000, dtype="float32")
layer = keras.layers.Dropout(0.4, seed=1)
outputs = {
    "NumPy": dropout(ones, 0.4, np.random.default_rng(0)),
    "Keras, training=True": keras.ops.convert_to_numpy(layer(ones, training=True)),
    "Keras, training=False": keras.ops.convert_to_numpy(layer(ones, training=False)),
}
for name, out in outputs.items():
    print(f"{name:22} zeros {np.mean(out == 0):.2f}  largest {out.max():.3f}  "
          f"mean {out.mean():.2f}  variance {out.var():.2f}")

# %% [markdown] lang="ja" id="hand-seen" claims="06-by-hand-equals-the-layer"
# NumPyとKerasは、どの数字も一致しました。40%が0になり、残った値は$1/0.6 = 1.667$です。平均は1.00のままで、分散は$p/(1-p) = 0.67$です。
#
# 最後の行が大切です。`training=False`、つまり**推論**（inference）では、何も起こりません。0もなく、倍率もかからず、入力がそのまま出てきます。`fit`は訓練モードで、`evaluate`と`predict`は推論モードで層を呼びます。
#
# 吹奏楽部でいえば、休んだ人の分だけ残りの人が練習で大きく吹いておくので、本番で全員がそろっても、音の大きさの平均は変わりません。
# %% [markdown] lang="en" id="hand-seen" claims="06-by-hand-equals-the-layer"
# NumPy and Keras agree in every number: 40% are 0, the surviving value is $1/0.6 = 1.667$, the mean is still 1.00, and the variance is $p/(1-p) = 0.67$.
#
# The last line matters. With `training=False`, that is, at **inference**, nothing happens at all: no zeros, no scaling; the input comes out as it is. `fit` calls its layers in training mode, `evaluate` and `predict` in inference mode.
#
# In the band, those who are present play louder in rehearsal, to make up for the others. So at the concert, with everybody playing, the average loudness is the same.

# %% [markdown] lang="ja" id="scaling"
# ### 2つの倍率の規則
#
# Kerasの方法は**反転ドロップアウト**（inverted dropout）といい、訓練のときに残った値を$1/(1-p)$倍します。2014年の元の論文（Srivastavaほか）は逆で、訓練では倍率をかけず、**推論のときに重みを保持確率**（keep probability）$1-p$倍しました。どちらも、訓練と推論で期待値がそろいます。$E[\cdot]$を期待値とすると、次のとおりです。
#
# $$\text{Keras}:\ E\left[\frac{m_j}{1-p}\,x_j\right] = x_j \qquad \text{Srivastava et al.}:\ E[m_j x_j] = (1-p)\,x_j$$
#
# 「推論のときにドロップアウト率を掛ける」と書いてある解説をよく見かけますが、二重に誤りです。掛けるのは率$p$ではなく保持確率$1-p$で、しかもKerasでは推論のときに何も掛けません。元の論文では文字$p$が**保持確率**を表すことも、取り違えのもとです。この課の$p$は、いつもドロップアウト率です。
# %% [markdown] lang="en" id="scaling"
# ### Two rules for scaling
#
# Keras uses **inverted dropout**: survivors are multiplied by $1/(1-p)$ in training. The original paper of 2014 (Srivastava et al.) did the reverse: no scaling in training, and at inference **weights are multiplied by the keep probability** $1-p$. Either way the expected values in training and inference agree. With $E[\cdot]$ for the expected value,
#
# $$\text{Keras}:\ E\left[\frac{m_j}{1-p}\,x_j\right] = x_j \qquad \text{Srivastava et al.}:\ E[m_j x_j] = (1-p)\,x_j$$
#
# You will often read that “at test time, values are multiplied by the dropout rate”. That is wrong twice: the factor is the keep probability $1-p$, not the rate $p$, and in Keras nothing is multiplied at inference. One source of the mix-up: in the original paper the letter $p$ is the **keep probability**. In this lesson $p$ is always the dropout rate.

# %% id="scaling-run"
generator = np.random.default_rng(0)
x, w, rate = generator.normal(size=50), generator.normal(size=50), 0.4
masks = generator.random((20_000, 50)) >= rate
keras_rule = (masks * x / (1 - rate)) @ w
paper_rule = (masks * x) @ w
print(f"Keras:              training mean {keras_rule.mean():6.2f}   inference {x @ w:6.2f}")
print(f"Srivastava et al.:  training mean {paper_rule.mean():6.2f}   inference {x @ (w * (1 - rate)):6.2f}")

# %% [markdown] lang="ja" id="scaling-seen" claims="06-both-rules-keep-the-expectation"
# 20000個のマスクでの平均は、どちらの規則でも推論の値とほぼ一致しました。
# %% [markdown] lang="en" id="scaling-seen" claims="06-both-rules-keep-the-expectation"
# With both rules, the mean over 20000 masks is close to the value at inference.

# %% [markdown] lang="ja" id="ex-scale" tags=["exercise"]
# ### 練習1　残った値の倍率
#
# `Dropout(0.8)`は、訓練のときに残った値を何倍するでしょうか。
#
# <details><summary>ヒント</summary>
#
# 0.8は消す割合です。
#
# </details>
# %% [markdown] lang="en" id="ex-scale" tags=["exercise"]
# ### Exercise 1: the factor of the survivors
#
# By what factor does `Dropout(0.8)` multiply surviving values in training?
#
# <details><summary>Hint</summary>
#
# 0.8 is the fraction that is dropped.
#
# </details>

# %% id="ex-scale-answer" tags=["exercise"]
answer = ...

# %% id="ex-scale-solution" tags=["solution"]
answer = 1 / (1 - 0.8)

# %% id="ex-scale-check" tags=["check"]
check("06-scale", answer)

# %% [markdown] lang="ja" id="mask-question"
# ## 実験2　マスクは例ごとに違う
#
# 3つの例（行）を含むバッチに、率0.5のドロップアウトを適用します。入力が6個、隠れ層が8ユニット、出力が2個のネットワークに描いてみましょう。
#
# **予想してみよう**　3つの例で、消えるユニットは同じでしょうか。
# %% [markdown] lang="en" id="mask-question"
# ## Experiment 2: each example has its own mask
#
# We apply dropout with a rate of 0.5 to a batch of three examples (rows) and draw the result on a network with 6 inputs, a hidden layer of 8 units and 2 outputs.
#
# **Make a guess.** Will the same units be dropped for all three examples?

# %% id="mask-run"
hidden = keras.layers.Dropout(0.5, seed=4)(np.ones((3, 8), dtype="float32"), training=True)
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained")
for ax, mask in zip(axes, keras.ops.convert_to_numpy(hidden), strict=True):
    plots.plot_network_mask([np.ones(6), mask, np.ones(2)], ax=ax)

# %% [markdown] lang="ja" id="mask-seen" claims="06-masks-differ-per-example"
# 違います。同じバッチの中でも、例ごとに別のくじが引かれます。消えたユニット（橙色の×）は、前の層からも次の層へも線がつながっていません。8ユニットなら$2^8 = 256$通りの小さなネットワークがあり、訓練では、その中の1つを例ごとに選んで少しずつ訓練していることになります。推論で使う全員そろったネットワークは、それらの**アンサンブル**（ensemble）を1回の計算で近似したもの、とみることができます。
#
# `seed`は、層ごとに別の値にするか、まったく指定しないでください。同じ整数を2つの`Dropout`に渡すと、同じマスクになってしまいます。
# %% [markdown] lang="en" id="mask-seen" claims="06-masks-differ-per-example"
# They are not the same. Lots are drawn for each example, even within a batch. A dropped unit (orange ×) has no line from the previous layer and none to the next. With 8 units there are $2^8 = 256$ smaller networks; training picks one of them for each example and trains it a little. The full network, used at inference, can be seen as a one-pass approximation of their **ensemble**.
#
# Give each layer a `seed` of its own, or none at all. The same integer in two `Dropout` layers would give the same masks.

# %% [markdown] lang="ja" id="gradient-question"
# ## 実験3　消したユニットの重みは動かないか
#
# 消したユニットは、その例の出力に関わらないので、その例から来る重みの勾配は0です。200個の入力に`Dropout(0.5)`を付けて2歩訓練し、2歩目に**動かなかった**重みを数えます。例を1つだけ使い、SGD、モーメンタム（momentum、慣性とも）を付けたSGD、L2のペナルティを付けたSGDの3つを試します。最後に、ただのSGDで、例を32個にします。
#
# **予想してみよう**　動かない重みがいちばん多いのは、どの設定でしょうか。1つもないのは、どれでしょうか。
# %% [markdown] lang="en" id="gradient-question"
# ## Experiment 3: do the weights of a dropped unit stay put?
#
# A dropped unit has no part in the output for an example, so the gradient that this example gives to its weights is 0. We put `Dropout(0.5)` on 200 inputs, train for two steps, and count the weights that did **not** move in the second step. On a single example we try SGD, SGD with momentum, and SGD with an L2 penalty; in the end, plain SGD on 32 examples.
#
# **Make a guess.** With which setting will most weights stay put, and with which none at all?

# %% id="gradient-run"
def unmoved_in_second_step(optimizer, penalty=None, examples=1):
    first_weights = keras.initializers.GlorotUniform(seed=0)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((200,)), keras.layers.Dropout(0.5, seed=1), dense])
    model.compile(optimizer, loss="mean_squared_error")
    history = []
    for _ in range(2):
        model.train_on_batch(np.ones((examples, 200)), np.ones((examples, 1)))
        history.append(model.get_weights()[0].copy())
    return int(np.sum(history[1] == history[0]))


print("SGD:             ", unmoved_in_second_step(keras.optimizers.SGD(0.001)))
print("SGD, momentum:   ", unmoved_in_second_step(keras.optimizers.SGD(0.001, momentum=0.9)))
print("SGD, L2:         ", unmoved_in_second_step(keras.optimizers.SGD(0.001), keras.regularizers.L2(0.01)))
print("SGD, 32 examples:", unmoved_in_second_step(keras.optimizers.SGD(0.001), examples=32))

# %% [markdown] lang="ja" id="gradient-seen" claims="06-dropped-units-pass-no-gradient"
# 例が1つだけのときから見ます。ただのSGDでは、2歩目に消した入力の重みは動きません。200個の半分ほどです。モーメンタムがあると、1歩目で動いた重みは、2歩目に消されても慣性で動きます。動かないのは、2歩とも消された入力の重みだけで、$\frac{1}{2} \times \frac{1}{2}$、つまり4分の1ほどに減ります。L2のペナルティがあると、その勾配はマスクに関係なくかかるので、すべての重みが動きます。
#
# 例が32個になると、ただのSGDでも、動かない重みは1つもありません。マスクは例ごとに違うので、重みが止まるのは、32個の例のすべてで入力が消されたときだけです。その確率は$0.5^{32}$、およそ43億分の1です。
#
# 「消したユニットは更新されない」という説明は、例が1つだけのバッチを、ただのSGDで訓練するときにしか当てはまりません。
# %% [markdown] lang="en" id="gradient-seen" claims="06-dropped-units-pass-no-gradient"
# First, the single example. With plain SGD, the weights of inputs dropped in the second step do not move: about half of the 200. With momentum, a weight that moved in the first step coasts on even if its input is dropped in the second. Only inputs dropped in both steps keep their weights, $\frac{1}{2} \times \frac{1}{2}$ or about a quarter. With an L2 penalty all weights move, for the gradient of the penalty pays no attention to masks.
#
# With 32 examples every weight moves, even under plain SGD. Each example has its own mask, so a weight stands still only if all 32 of them drop its input, which has a probability of $0.5^{32}$, about one in four billion.
#
# “Dropped units are not updated” is true only of plain SGD on a batch of one example.

# %% [markdown] lang="ja" id="rate-question"
# ## 実験4　率を選ぶ、入力にも使う
#
# いよいよ過学習に使います。[02](02_causes_and_remedies.ipynb)と同じく、400枚の数字で、ラベルの約36%が誤ったデータです。隠れ層は2つで128ユニットずつ、60エポック訓練します。隠れ層の率を0から0.9まで変え、入力には率0（使わない）と0.2の2通りを試します。シードは5つで、データの分け方、ノイズ、初期の重み、行の順番、マスクのすべてを変えます。
#
# **予想してみよう**　いちばんよい率はいくつでしょうか。率0.9ではどうなるでしょうか。
# %% [markdown] lang="en" id="rate-question"
# ## Experiment 4: choosing the rate, with and without the input
#
# Now for overfitting. As in [02](02_causes_and_remedies.ipynb) we use 400 images of digits with about 36% wrong labels. The network has two hidden layers of 128 units and is trained for 60 epochs. We vary the rate in the hidden layers from 0 to 0.9, with a rate on the input of 0 (unused) or 0.2. There are 5 seeds; a seed changes everything: split, noise, initial weights, order of the rows and masks.
#
# **Make a guess.** Which rate will be best? And what will happen with 0.9?

# %% id="rate-run"
def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def build_model(rate, input_rate, seed):
    return models.classifier(
        64, 10, units=(128, 128), dropout_rate=rate, input_dropout_rate=input_rate,
        learning_rate=0.002, seed=seed,
    )


rates, input_rates = [0.0, 0.3, 0.5, 0.7, 0.9], [0.0, 0.2]
result = training.sweep(
    build_model, {"input_rate": input_rates, "rate": rates}, data=noisy_digits, epochs=60,
    batch_size=64, seeds=range(5), progress=False,
)

# %% id="rate-figure"
final = result.final
final["test"] = [
    training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs
]
curves = {
    text("input_rate_label", rate=r): final[final["input_rate"] == r].pivot(
        index="rate", columns="seed", values="test"
    )
    for r in input_rates
}
plots.plot_validation_curve(rates, curves, text("test_accuracy"), xlabel=text("dropout_rate"), xscale="linear")
print("chosen on validation data:", result.best("val_data_loss"))

# %% [markdown] lang="ja" id="rate-seen" claims="06-rate-sweep"
# テストデータ（ラベルは正しい）での正解率です。ここでは率の働きを見るためにテストデータを描きましたが、これで何かを選ぶことはしません。入力に使わないときは、この実行では率0の0.70から率0.7の0.88まで上がり、0.9では0.20に落ちます。入力にも0.2を使うと、隠れ層の率が0でも0.85、0.5で0.90になります。**入力のドロップアウトは、単独でも強い対策**です。確かめたどのシードでも、入力の0.2だけで、対策なしを上回りました。
#
# 強すぎる率は学習不足を起こします。よく使われる0.5は、どちらの線でも悪くない値でした。ただし、この結果はこのデータとこの大きさのネットワークのものです。率は、いつも検証データで選んでください。図の上の1行が、検証データのデータ損失で選んだ設定です。この実行では入力0.2と隠れ層0.5で、隠れ層0.3との差はわずかでした。
# %% [markdown] lang="en" id="rate-seen" claims="06-rate-sweep"
# This is the accuracy on the test data, whose labels are correct. We look at it to see what a rate does; nothing is chosen by it. Without dropout on the input it rises, in this run, from 0.70 at rate 0 to 0.88 at rate 0.7, and drops to 0.20 at 0.9. With 0.2 on the input it is 0.85 even with rate 0 in the hidden layers, and 0.90 with 0.5. **Dropout on the input is a strong remedy in itself:** for every seed we tried, 0.2 on the input alone beat no remedy.
#
# A rate that is too high causes underfitting. The common choice of 0.5 was not a bad one on either line. But this is one data set and one size of network: always choose the rate on validation data. The line above the figure is the setting chosen by data loss on validation data: in this run 0.2 on the input and 0.5 in the hidden layers, with 0.3 close behind.

# %% [markdown] lang="ja" id="curve-question"
# ## 実験5　訓練の成績が評価より悪い？
#
# 入力0.2、隠れ層0.5で訓練したモデルを1つ取り出します。最後のエポックの訓練の成績と、同じ**訓練データ**を`evaluate`で測った成績を比べます。
#
# **予想してみよう**　同じデータなのですから、同じになるはずでしょうか。
# %% [markdown] lang="en" id="curve-question"
# ## Experiment 5: training scores below evaluation?
#
# We take one model trained with 0.2 on the input and 0.5 in the hidden layers. We compare the training score of its last epoch with the score that `evaluate` gives on the same **training data**.
#
# **Make a guess.** The data are the same, so the scores should be, too. Or should they?

# %% id="curve-run"
setting = {"input_rate": 0.2, "rate": 0.5}
model = result.model(setting, seed=0)
run = next(run for run in result.runs if run.point == setting and run.seed == 0)
evaluated = training.evaluate(model, *noisy_digits(0).train)
print(f"last epoch: loss {run.history.columns['data_loss'][-1]:.2f}  "
      f"accuracy {run.history.columns['accuracy'][-1]:.2f}")
print(f"evaluated:  loss {evaluated['data_loss']:.2f}  accuracy {evaluated['accuracy']:.2f}")

# %% [markdown] lang="ja" id="curve-seen" claims="06-training-curve-is-taken-with-dropout"
# 同じ訓練データなのに、この実行では、訓練中の正解率は0.51ほど、`evaluate`では0.62ほどです。どのシードでも、`evaluate`のほうが高くなりました。訓練中の数字は、ドロップアウトが働いている状態での、エポックの間の平均だからです。`evaluate`と`predict`では、ドロップアウトは働きません。
#
# ですから、ドロップアウトを使うと検証の線が訓練の線よりよく見えることがあります。過学習が治りすぎたのでも、間違いでもありません。2つを公平に比べるには、訓練データも`evaluate`で測ってください。
# %% [markdown] lang="en" id="curve-seen" claims="06-training-curve-is-taken-with-dropout"
# On the very same training data, the accuracy during training is about 0.51 in this run, and with `evaluate` about 0.62. For every seed `evaluate` is higher. The numbers in training are averages over the epoch with dropout at work. In `evaluate` and `predict`, dropout is off.
#
# So with dropout the validation curve may look better than the training curve. This is no mistake, and no miracle either. For a fair comparison, measure the training data with `evaluate` as well.

# %% [markdown] lang="ja" id="removal-question"
# ## 実験6　頼り合いを測る
#
# 吹奏楽部の話は本当でしょうか。ユニットどうしが特定の相手に頼ることを**共適応**（co-adaptation）といいます。それを測るために、訓練が終わったネットワークの2つ目の隠れ層（128ユニット）から、ユニットを無作為に取り除き、正解率がどれだけ下がるかを調べます。率0と率0.5のモデルを、入力のドロップアウトなしで比べます。
#
# 対照も1つ置きます。率0のまま、検証データで選んだエポックで止めたモデル（**早期終了**）です。ドロップアウトなしで、過学習だけを防いであります。
#
# **予想してみよう**　ユニットを取り除くと、それぞれどのくらい下がるでしょうか。早期終了のモデルは、どちらの線に近いでしょうか。
# %% [markdown] lang="en" id="removal-question"
# ## Experiment 6: measuring how units lean on each other
#
# Is the story of the band true? Units that rely on particular other units are said to show **co-adaptation**. To measure it, we take trained networks, remove units at random from the second hidden layer (128 units), and see how much accuracy is lost. We compare models with rate 0 and rate 0.5, both without dropout on the input.
#
# There is a control, too: a model with rate 0 that was stopped at an epoch chosen on validation data (**early stopping**). It is kept from overfitting without any dropout.
#
# **Make a guess.** How much will each of them lose when units are removed? And which of the two lines will the stopped model be closer to?

# %% id="removal-run"
def stop_early():
    return [keras.callbacks.EarlyStopping("val_data_loss", mode="min", patience=5, restore_best_weights=True)]


no_dropout = {"input_rate": 0.0, "rate": 0.0}
stopped = training.sweep(
    build_model, [no_dropout], data=noisy_digits, epochs=60, batch_size=64,
    seeds=range(3), callbacks=stop_early, progress=False,
)
groups = {
    text("rate_label", rate=0.0): [result.model(no_dropout, s) for s in range(3)],
    text("rate_label", rate=0.5): [result.model({"input_rate": 0.0, "rate": 0.5}, s) for s in range(3)],
    text("remedy_early_stopping"): [stopped.model(no_dropout, s) for s in range(3)],
}

# %% id="removal-figure"
def accuracy_lost(model, seed, removed):
    test, weights, generator = noisy_digits(seed).test, model.get_weights(), np.random.default_rng(seed)
    whole, found = training.evaluate(model, *test)["accuracy"], []
    for _ in range(3):
        fewer = [w.copy() for w in weights]
        # weights[4] is the kernel of the output layer; its row j belongs to unit j.
        fewer[4][generator.choice(128, removed, replace=False)] = 0
        model.set_weights(fewer)
        found.append(training.evaluate(model, *test)["accuracy"])
    model.set_weights(weights)
    return whole - np.mean(found)


lost = {
    name: [[accuracy_lost(model, s, n) for s, model in enumerate(trained)] for n in (32, 64, 96)]
    for name, trained in groups.items()
}
plots.plot_validation_curve([32, 64, 96], lost, text("accuracy_lost"), xlabel=text("units_removed"), xscale="linear")
for name, trained in groups.items():
    whole = [training.evaluate(model, *noisy_digits(s).test)["accuracy"] for s, model in enumerate(trained)]
    print(f"{np.mean(whole):.2f}  {name}")

# %% [markdown] lang="ja" id="removal-seen" claims="06-dropout-reduces-co-adaptation"
# シード3つの平均です。図の上の3行は、何も取り除かないときの正解率です。96ユニット、つまり4分の3を取り除くと、ドロップアウトなしのネットワークは正解率を0.2から0.45も失います。率0.5で訓練したネットワークが失うのは0.1ほどです。ドロップアウトで訓練したネットワークは、ユニットが休んでも強いのです。
#
# では、それがドロップアウトの効く理由なのでしょうか。**そこまでは言えません。** この層のユニットを無作為に消すことは、ドロップアウトが訓練で練習してきたこと、そのものです。練習したことに強いのは当然です。しかも、対照の早期終了のネットワークは、全員そろえば率0.5と同じくらい当たるのに、取り除かれると、ドロップアウトなしと同じように大きく失います。この強さがなくても、過学習は防げるのです。
#
# ユニットどうしの頼り合いが減ることが、ドロップアウトの効く理由の1つなのかもしれません。けれども、この実験が示したのは頑健さだけで、仕組みではありません。
# %% [markdown] lang="en" id="removal-seen" claims="06-dropout-reduces-co-adaptation"
# These are means over 3 seeds; the three lines of text are accuracies with nothing removed. With 96 units removed, three quarters of them, the network without dropout loses 0.2 to 0.45 of accuracy, and the one trained with a rate of 0.5 about 0.1. A network trained with dropout is robust when units are missing.
#
# Is that why dropout works? **We cannot tell.** Deleting units of this layer at random is exactly what dropout practiced in training; to be good at what was practiced is no surprise. And the control, the network stopped early, is about as accurate as the one with a rate of 0.5 while it is whole, but loses as much as the one without dropout once units are removed. Overfitting can be prevented without this robustness.
#
# That units lean on each other less may be one of the reasons why dropout helps. But what this experiment shows is the robustness, not the mechanism.

# %% [markdown] lang="ja" id="mc-question"
# ## 実験7　モンテカルロドロップアウト
#
# 推論でもドロップアウトを働かせたまま何回も予測し、平均する方法を**モンテカルロドロップアウト**（Monte Carlo dropout）といいます。`model(x, training=True)`を$k$回呼び、確率の平均を、ドロップアウトなしの1回の予測と比べます。正解率のほかに**対数尤度**（log-likelihood）も測ります。正しいクラスに付けた確率の対数を画像で平均した値、つまり交差エントロピーの符号を変えた値で、大きいほどよい予測です。
#
# **予想してみよう**　$k$を増やすと、2つの差は0に近づくでしょうか。どちらの予測のほうがよいでしょうか。
# %% [markdown] lang="en" id="mc-question"
# ## Experiment 7: Monte Carlo dropout
#
# We may leave dropout switched on at inference, predict many times, and average. This is **Monte Carlo dropout**. We call `model(x, training=True)` $k$ times and compare the average of the probabilities with the single prediction without dropout. Besides accuracy we measure the **log-likelihood**: the log of the probability given to the correct class, averaged over images. It is minus the cross-entropy, and higher is better.
#
# **Make a guess.** As $k$ grows, will the difference of the two approach 0? And which of them predicts better?

# %% id="mc-run"
def log_likelihood(p, y):
    return np.mean(np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)))


x, y = noisy_digits(0).test
plain = keras.ops.convert_to_numpy(model(x))
passes, total, averages = [1, 3, 10, 30, 100, 200], 0, []
for k in range(1, passes[-1] + 1):
    total = total + keras.ops.convert_to_numpy(model(x, training=True))
    if k in passes:
        averages.append(total / k)

# %% id="mc-figure"
name = text("average_of_passes")
measures = [
    ("gap_to_pass", lambda p: np.abs(p - plain).mean()),
    ("accuracy", lambda p: np.mean(p.argmax(axis=1) == y)),
    ("log_likelihood", lambda p: log_likelihood(p, y)),
]
fig, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
for ax, (label, measure) in zip(axes, measures, strict=True):
    values = {name: [measure(p) for p in averages]}
    plots.plot_monte_carlo(passes, values, text(label), reference=measure(plain), ax=ax)

# %% id="mc-control"
def sharpened(p, like):
    powers = (p**b / (p**b).sum(axis=1, keepdims=True) for b in np.linspace(1, 2, 201))
    return min(powers, key=lambda q: abs(q.max(axis=1).mean() - like.max(axis=1).mean()))


noisy_x, noisy_y = noisy_digits(0).validation
noisy_plain = keras.ops.convert_to_numpy(model(noisy_x))
noisy = sum(keras.ops.convert_to_numpy(model(noisy_x, training=True)) for _ in range(200)) / 200
pairs = {
    "without_dropout_pass": (plain, noisy_plain),
    "average_of_passes": (averages[-1], noisy),
    "sharpened_average": (sharpened(averages[-1], plain), sharpened(noisy, noisy_plain)),
}
pd.DataFrame({
    text(name): {
        text("mean_confidence"): p.max(axis=1).mean(),
        text("log_likelihood_correct_labels"): log_likelihood(p, y),
        text("log_likelihood_noisy_labels"): log_likelihood(q, noisy_y),
    }
    for name, (p, q) in pairs.items()
}).T.round(2)

# %% [markdown] lang="ja" id="mc-seen" claims="06-monte-carlo-levels-off"
# 左の図では、差は1回の0.05から、100回では0.015から0.02ほどまで小さくなりますが、その先はほとんど減らず、**0にはなりません**。平均は、マスクごとのネットワークのアンサンブルに近づきます。ネットワークは線形ではないので、アンサンブルの平均と、全員そろった1回の予測とは、もともと別のものなのです。
#
# 中央と右の図では、正解率も対数尤度も、$k$が100くらいまではよくなります。正解率は点線（ドロップアウトなしの1回）の近くまで来ますが、対数尤度は、どのシードでも点線に届きません。
#
# **なぜでしょうか。** 訓練データのラベルは36%ほどが誤りなので、ネットワークは控えめに答えることを学びました。表の1行目を見ると、90%近く当たるのに、自信（いちばん大きな確率）の平均は50%ほどです。平均すると、もっと控えめになります（2行目）。ラベルの正しいテストデータでは、その控えめさが減点されます。[07](07_choosing.ipynb)でも同じことが起こります。
#
# それが原因なら、2つのことが言えるはずです。平均の確率を、1回の予測と同じ自信になるまで強めれば、差は消えるはずです（3行目。消えました）。また、ラベルが訓練データと同じように誤っている検証データでなら、平均は負けないはずです（右の列。ほぼ同じでした）。
#
# **何百回も平均しても、このデータでは得になりません。** モンテカルロドロップアウトに期待されるのは、次の不確実性です。
# %% [markdown] lang="en" id="mc-seen" claims="06-monte-carlo-levels-off"
# On the left, the difference falls from 0.05 with one pass to between 0.015 and 0.02 with 100, then hardly any further: it **does not approach 0**. The average converges to the ensemble of the networks with their masks. As a network is not linear, the mean of that ensemble and the single prediction of the full network are different things to begin with.
#
# In the middle and on the right, accuracy and log-likelihood improve with $k$ up to about 100. The accuracy comes close to the dotted line, the single pass without dropout; the log-likelihood does not reach it for any seed.
#
# **Why?** About 36% of the training labels are wrong, and so the network has learned to answer modestly. In the first row of the table it is right in almost 90% of cases, but its confidence (its highest probability) is about 50% on average. Averaging makes it more modest still (second row). On test data with correct labels, modesty costs points. The same thing happens in [07](07_choosing.ipynb).
#
# If this is the cause, two things must follow. Sharpen the averaged probabilities until they are as confident as the single pass, and the difference must be gone (third row: it is). And on validation data, whose labels are as wrong as those in training, the average must not lose (right column: the two are about level).
#
# **Averaging hundreds of passes does not pay on these data.** What people hope to get from Monte Carlo dropout is uncertainty, which comes next.

# %% [markdown] lang="ja" id="ex-find" tags=["exercise"]
# ### 練習2　何がおかしい？
#
# 友人が、ドロップアウト付きのモデルを訓練し、新しい画像を`model(x, training=True)`で1回だけ予測して、「正解率が低い」と困っています。`noisy_digits(0).test`のデータで、`build_model(0.5, 0.2, seed=0)`を訓練した`result.model(setting, seed=0)`を使い、**正しい方法**で予測したときの正解率を`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# 推論ではドロップアウトを働かせません。`training.evaluate`を使うのが簡単です。
#
# </details>
# %% [markdown] lang="en" id="ex-find" tags=["exercise"]
# ### Exercise 2: what is wrong here?
#
# A friend has trained a model with dropout, predicts new images with a single `model(x, training=True)`, and complains that “the accuracy is low”. Take the data `noisy_digits(0).test` and `result.model(setting, seed=0)`, which is `build_model(0.5, 0.2, seed=0)` after training, and put the accuracy of predictions made **the right way** into `answer`.
#
# <details><summary>Hint</summary>
#
# At inference, dropout is off. The easy way is `training.evaluate`.
#
# </details>

# %% id="ex-find-answer" tags=["exercise"]
answer = ...

# %% id="ex-find-solution" tags=["solution"]
answer = training.evaluate(result.model(setting, seed=0), *noisy_digits(0).test)["accuracy"]

# %% id="ex-find-check" tags=["check"]
check("06-find", answer, result.model(setting, seed=0), *noisy_digits(0).test)

# %% [markdown] lang="ja" id="band-question"
# ## 実験8　不確実性の帯とその限界
#
# ノイズの付いた曲線のデータから、中央（$-0.3$から$0.3$まで）の点を取り除いて訓練します。そのあと、ドロップアウトを働かせたまま100回予測し、平均と標準偏差を描きます。
#
# **予想してみよう**　データのない中央や、両端の外側で、帯は広がるでしょうか。
# %% [markdown] lang="en" id="band-question"
# ## Experiment 8: a band of uncertainty, and its limits
#
# From the data of the noisy curve we remove the points in the middle (from $-0.3$ to $0.3$) and train. Then we predict 100 times with dropout on, and draw mean and standard deviation.
#
# **Make a guess.** Will the band get wider in the middle, where there are no data, and beyond both ends?

# %% id="band-run"
curve = data.noisy_curve(n_train=60, noise=0.1, seed=0)
kept = np.abs(curve.train.x[:, 0]) > 0.3
rows = curve.train.x[kept], curve.train.y[kept]


def draw(rate, l2=None):
    model = models.regressor(1, units=(64, 64), dropout_rate=rate, l2=l2, learning_rate=0.005, seed=0)
    training.fit(model, *rows, epochs=800, batch_size=64, progress=False)
    return np.array([keras.ops.convert_to_numpy(model(grid[:, None], training=True))[:, 0] for _ in range(100)])


grid = np.linspace(-1.6, 1.6, 161, dtype="float32")
drawn = {rate: draw(rate) for rate in (0.1, 0.4)}
sds = {rate: curves.std(axis=0) for rate, curves in drawn.items()}
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained", sharey=True)
for ax, (rate, curves) in zip(axes, drawn.items(), strict=True):
    plots.plot_uncertainty(grid, curves, data.true_curve(grid), (rows[0][:, 0], rows[1]), ax=ax)
    ax.set_title(text("rate_label", rate=rate), loc="left")

# %% [markdown] lang="ja" id="band-control-question"
# モンテカルロドロップアウトを不確実性の推定として提案したガルとガーラマーニ（2016）の方法には、上の実験にないものが2つあります。予測の分散に足す**ノイズの項**$\sigma^2$と、率に結び付いた**減衰**、つまりL2のペナルティです。Kerasの平均二乗誤差に直すと、その強さは$\lambda = (1-p)\,\ell^2\sigma^2/n$です（$n$は行数、$\ell$は「関数がどのくらい滑らかだと思うか」を表す長さで、ここでは1とします）。それを両方加えれば、帯は正直になるでしょうか。$\sigma$には、データに加えた本当のノイズ0.1を使います。
# %% [markdown] lang="en" id="band-control-question"
# The method of Gal and Ghahramani (2016), who proposed Monte Carlo dropout as an estimate of uncertainty, has two things that our experiment lacks: a **noise term** $\sigma^2$ that is added to the variance of the prediction, and a **decay** tied to the rate, that is, an L2 penalty. For Keras' mean squared error its strength is $\lambda = (1-p)\,\ell^2\sigma^2/n$ ($n$ is the number of rows; $\ell$ is a length that says how smooth you take the function to be, here 1). With both of them added, will the band be honest? For $\sigma$ we take the true noise of the data, 0.1.

# %% id="band-control"
noise, n = 0.1, len(rows[0])
bands = {text("rate_label", rate=rate): (curves.mean(axis=0), curves.std(axis=0)) for rate, curves in drawn.items()}
for rate in (0.1, 0.4):
    curves = draw(rate, l2=(1 - rate) * noise**2 / n)
    bands[text("rate_noise_and_decay", rate=rate)] = curves.mean(axis=0), np.sqrt(curves.var(axis=0) + noise**2)
inside, outside = np.abs(grid) < 0.3, np.abs(grid) > 1.3
with_data = ~inside & (np.abs(grid) <= 1)
pd.DataFrame({
    name: {
        text("band_with_data"): width[with_data].mean(),
        text("band_in_gap"): width[inside].mean() / width[with_data].mean(),
        text("band_outside"): width[outside].mean() / width[with_data].mean(),
        text("truth_missed"): np.mean(np.abs(mean - data.true_curve(grid)) > 2 * width, where=outside),
    }
    for name, (mean, width) in bands.items()
}).T.round(2)

# %% [markdown] lang="ja" id="band-seen" claims="06-the-band-depends-on-the-rate"
# 図の左は率0.1、右は率0.4です。表には、データのある所での標準偏差と、すき間や両端の外側（$\lvert x\rvert > 1.3$）での帯の幅を、データのある所を1として並べました。
#
# - **データのない所で、帯は頼りになるほど広がりません。** シードを変えて確かめると、ノイズの項と減衰のない帯の幅は、中央のすき間では平均で1.1倍から1.6倍でした。両端の外側では、平均するとデータのある所と同じくらいで、シードによって広かったり狭かったりします。外側では真の曲線（黒い破線）が、ほとんどの所で帯から外れているのに、帯は狭いままのことがあります。
# - **ノイズの項と減衰を加えても、変わりません。** 幅の違いはかえって小さくなり、真の曲線はやはり外れました。
# - **帯の幅は率に大きく左右されます。** データも曲線も同じなのに、率を0.1から0.4に変えるだけで、標準偏差は平均で1.5倍から2.3倍になりました。ノイズの項と減衰を加えても、幅は広がります。帯の幅を「確率95%の範囲」と読むことはできません。
#
# 率や$\sigma$や$\ell$を検証データで選べば、もう少しよくなるかもしれません。それでも、モンテカルロドロップアウトは、「どちらがより不確かか」の手がかりにはなっても、保証にはなりません。
# %% [markdown] lang="en" id="band-seen" claims="06-the-band-depends-on-the-rate"
# In the figure the rate is 0.1 on the left and 0.4 on the right. The table has the standard deviation where there are data, and the width of the band in the gap and beyond both ends ($\lvert x\rvert > 1.3$), as multiples of that.
#
# - **Where data are missing, the band does not widen in a way you could rely on.** Over other seeds, without noise term and decay, it was on average 1.1 to 1.6 times as wide in the gap. Beyond both ends it was on average about as wide as where there are data, wider for some seeds and narrower for others. Out there the true curve (black dashes) is outside the band almost everywhere, and the band may still be narrow.
# - **Noise term and decay do not change that.** The widths differ even less, and the band missed the true curve just the same.
# - **Its width depends heavily on the rate.** Data and curve are the same, yet changing the rate from 0.1 to 0.4 makes the standard deviation 1.5 to 2.3 times as large on average. With noise term and decay the band widens, too. It must not be read as a “95% interval”.
#
# Choosing rate, $\sigma$ and $\ell$ on validation data may improve it somewhat. Even so: Monte Carlo dropout may hint at which of two predictions is less certain. It guarantees nothing.

# %% [markdown] lang="ja" id="ex-gap" tags=["exercise"]
# ### 練習3　すき間での帯の幅
#
# `sds[0.1]`は、率0.1のモデルの、`grid`の各点での標準偏差です。**すき間の中**（$\lvert x\rvert < 0.3$）での平均を、**データのある範囲**（$0.3 \le \lvert x\rvert \le 1$）での平均で割り、`answer`に入れてください。1なら、データがなくても帯の幅は変わらないということです。
#
# <details><summary>ヒント</summary>
#
# `inside = np.abs(grid) < 0.3`のように、真偽の配列を作って`sds[0.1][inside].mean()`とします。
#
# </details>
# %% [markdown] lang="en" id="ex-gap" tags=["exercise"]
# ### Exercise 3: the band in the gap
#
# `sds[0.1]` is the standard deviation of the model with rate 0.1 at each point of `grid`. Divide its mean **inside the gap** ($\lvert x\rvert < 0.3$) by its mean **where there are data** ($0.3 \le \lvert x\rvert \le 1$), and put the result into `answer`. A value of 1 would mean that the band is as wide without data as with them.
#
# <details><summary>Hint</summary>
#
# Make an array of true and false, such as `inside = np.abs(grid) < 0.3`, and take `sds[0.1][inside].mean()`.
#
# </details>

# %% id="ex-gap-answer" tags=["exercise"]
answer = ...

# %% id="ex-gap-solution" tags=["solution"]
inside = np.abs(grid) < 0.3
with_data = ~inside & (np.abs(grid) <= 1)
answer = sds[0.1][inside].mean() / sds[0.1][with_data].mean()

# %% id="ex-gap-check" tags=["check"]
check("06-gap", answer, grid, sds[0.1])

# %% [markdown] lang="ja" id="maxnorm-question"
# ## 実験9　MaxNormと組み合わせる
#
# 元の論文は、ドロップアウトに大きめの学習率と`MaxNorm`という制約（constraint）を組み合わせることを勧めています。`MaxNorm(c)`は、更新のたびに、各ユニットに入る重みのノルムを$c$以下に抑えます。論文の処方は、SGDにモーメンタム0.95から0.99、学習率は普通の10倍から100倍、$c$は3から4です。
#
# ここでは2通り試します。1つは、実験4のAdamの学習率を5倍の0.01にしたもの。もう1つは、論文に近く、SGDとモーメンタム0.95で、学習率を0.01から10倍の0.1にしたものです。それぞれ、制約なし、$c = 3$、$c = 1$を比べ、普通の学習率で制約なしのものも並べます。
#
# **予想してみよう**　この勧めは、このデータでも効くでしょうか。普通の学習率の正解率を超えるでしょうか。
# %% [markdown] lang="en" id="maxnorm-question"
# ## Experiment 9: together with MaxNorm
#
# The original paper recommends combining dropout with a higher learning rate and the constraint `MaxNorm`. After each update, `MaxNorm(c)` limits the norm of the weights that enter a unit to $c$. The paper's recipe is SGD with a momentum of 0.95 to 0.99, 10 to 100 times the usual learning rate, and a $c$ of 3 to 4.
#
# We try two versions. One is the Adam of experiment 4 with five times the learning rate, 0.01. The other is closer to the paper: SGD with a momentum of 0.95, and a learning rate raised 10 times, from 0.01 to 0.1. For each we compare no constraint, $c = 3$ and $c = 1$, and beside them the ordinary learning rate without a constraint.
#
# **Make a guess.** Will the recommendation work on these data, and will it beat the accuracy of the ordinary learning rate?

# %% id="maxnorm-run"
def constrained_model(sgd, learning_rate, limit, seed):
    seeds = iter(np.random.SeedSequence(seed).generate_state(6).tolist())

    def dense(units, activation):
        constraint = keras.constraints.MaxNorm(limit) if limit else None
        start = keras.initializers.GlorotUniform(seed=next(seeds))
        return keras.layers.Dense(units, activation, kernel_initializer=start, kernel_constraint=constraint)

    layers = [keras.Input((64,)), keras.layers.Dropout(0.2, seed=next(seeds))]
    for _ in range(2):
        layers += [dense(128, "relu"), keras.layers.Dropout(0.5, seed=next(seeds))]
    model = keras.Sequential([*layers, dense(10, "softmax")])
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.95) if sgd else keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% id="maxnorm-figure"
settings = [(False, 0.002, 0), (False, 0.01, 0), (False, 0.01, 3), (False, 0.01, 1)]
settings += [(True, 0.01, 0), (True, 0.1, 0), (True, 0.1, 3), (True, 0.1, 1)]
limits = training.sweep(
    constrained_model, [{"sgd": s, "learning_rate": rate, "limit": limit} for s, rate, limit in settings],
    data=noisy_digits, epochs=60, batch_size=64, seeds=range(3), progress=False,
)
groups = {}
for run in limits.runs:
    optimizer, rate, limit = "SGD" if run.point["sgd"] else "Adam", *list(run.point.values())[1:]
    constraint = f"MaxNorm({limit})" if limit else text("no_constraint")
    label = f"{optimizer} {text('learning_rate_and', rate=rate, other=constraint)}"
    groups.setdefault(label, []).append(training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"])
plots.plot_scores(groups, text("test_accuracy"));

# %% [markdown] lang="ja" id="maxnorm-seen" claims="06-max-norm-with-dropout"
# ひし形はシード3つの平均、横線は標準偏差です。
#
# - **Adamで学習率を5倍にすると**、制約なしでは、普通の学習率より平均の正解率が下がります。この実行では$c = 1$の`MaxNorm`がそれを取り戻しましたが、これは3つのシードの話です。ほかのシードでは、取り戻すことも、かえって下がることもありました。
# - **SGDで学習率を10倍にすると**、制約なしでは訓練がほとんど壊れます。$c = 1$なら、平均でかなり持ち直しました。論文の範囲にある$c = 3$では、あまり効きません。
# - **どちらの場合も、普通の学習率で制約なしのものには届きませんでした。**
#
# つまり`MaxNorm`は、大きすぎる学習率の害をやわらげることはあっても、このデータでは、それ以上の改善はありませんでした。論文の大きなネットワークと長い訓練では、話が違うかもしれません。使うなら、$c$も率や$\lambda$と同じように検証データで選びます。
# %% [markdown] lang="en" id="maxnorm-seen" claims="06-max-norm-with-dropout"
# Diamonds are means over 3 seeds, the lines standard deviations.
#
# - **Adam with five times the learning rate**, without a constraint, has a lower mean accuracy than with the ordinary one. In this run `MaxNorm` with $c = 1$ makes up for it. But that is 3 seeds: with others it sometimes did and sometimes made things worse.
# - **SGD with ten times the learning rate** all but breaks down without a constraint. With $c = 1$ it recovers a good deal on average. With $c = 3$, in the paper's range, there is little effect.
# - **Neither gets as far as the ordinary learning rate without a constraint.**
#
# So `MaxNorm` can soften the damage of a learning rate that is too high and, on these data, brought nothing beyond that. For the paper's large networks and long training it may be different. If you use it, choose $c$ on validation data, as you would a rate or $\lambda$.

# %% [markdown] lang="ja" id="ridge-question"
# ## 発展　線形モデルのドロップアウトはリッジ回帰
#
# 線形モデルの入力にドロップアウトを使うと、何が起こるでしょうか。平均二乗誤差の期待値を計算すると、ちょうど1つのペナルティが現れます。
#
# $$E\left[\frac{1}{n}\sum_i \left(y_i - \tilde{x}_i^\top w\right)^2\right] = \frac{1}{n}\sum_i \left(y_i - x_i^\top w\right)^2 + \frac{p}{1-p}\sum_j s_j^2 w_j^2, \qquad s_j^2 = \frac{1}{n}\sum_i x_{ij}^2$$
#
# つまり、特徴量の二乗の平均$s_j^2$で重みを付けたリッジ回帰です。閉形式の解（closed form）と、Kerasで訓練した重みの平均とを比べましょう。マスクのせいで重みは揺れ続けるので、訓練を続けながら平均を取ります。
#
# **予想してみよう**　2つはどのくらい近いでしょうか。
# %% [markdown] lang="en" id="ridge-question"
# ## Advanced: dropout on a linear model is ridge regression
#
# What does dropout on the inputs of a linear model do? Work out the expected mean squared error, and a penalty appears:
#
# $$E\left[\frac{1}{n}\sum_i \left(y_i - \tilde{x}_i^\top w\right)^2\right] = \frac{1}{n}\sum_i \left(y_i - x_i^\top w\right)^2 + \frac{p}{1-p}\sum_j s_j^2 w_j^2, \qquad s_j^2 = \frac{1}{n}\sum_i x_{ij}^2$$
#
# It is ridge regression, with each weight's share given by the mean square $s_j^2$ of its feature. Let us compare the closed form with weights trained in Keras. Because of the masks these never come to rest, so we average them while training goes on.
#
# **Make a guess.** How close will the two be?

# %% id="ridge-run"
rate, train = 0.3, data.linear_regression(n_train=60, n_features=5, seed=0).train
x, y = train.x, train.y - train.y.mean()
closed_form = np.linalg.solve(
    x.T @ x / len(x) + rate / (1 - rate) * np.diag(np.mean(x**2, axis=0)), x.T @ y / len(x)
)
dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
linear = keras.Sequential([keras.Input((5,)), keras.layers.Dropout(rate, seed=0), dense])
linear.compile(keras.optimizers.SGD(0.01), loss="mean_squared_error")
training.fit(linear, x, y, epochs=500, batch_size=60, progress=False)
visited = []
for _ in range(100):
    training.fit(linear, x, y, epochs=20, batch_size=60, progress=False)
    visited.append(linear.get_weights()[0][:, 0])
mean_weights = np.mean(visited, axis=0)
difference = np.linalg.norm(mean_weights - closed_form) / np.linalg.norm(closed_form)
print("relative difference below 0.02:", difference < 0.02)

# %% [markdown] lang="ja" id="ridge-seen" claims="06-linear-dropout-is-ridge"
# 差は2%未満でした（ほかのシードでも3%未満です）。ドロップアウトは、それ自身が正則化なのです。ノイズを加えることと、ペナルティを加えることが、ここでは同じものになります。隠れ層のあるネットワークでは、このような簡単な式にはなりません。
# %% [markdown] lang="en" id="ridge-seen" claims="06-linear-dropout-is-ridge"
# The difference is less than 2% (and less than 3% for other seeds). Dropout is a regularizer in its own right: here, adding noise and adding a penalty are the same thing. For networks with hidden layers there is no such simple formula.

# %% [markdown] lang="ja" id="relatives"
# ## ドロップアウトの仲間
#
# どれも`training=True`のときだけ働きます。1行ずつ動かしてみましょう。
#
# | 層 | すること |
# |---|---|
# | `SpatialDropout1D` | 系列のチャンネルを丸ごと消します（画像には`SpatialDropout2D`） |
# | `GaussianDropout` | 平均1の正規乱数を掛けます |
# | `GaussianNoise` | 平均0の正規乱数を足します |
# | `AlphaDropout` | 平均と分散を保ちます。活性化関数`selu`と使います |
# %% [markdown] lang="en" id="relatives"
# ## Relatives of dropout
#
# All of them act with `training=True` only. Here is a line to run for each.
#
# | layer | what it does |
# |---|---|
# | `SpatialDropout1D` | drops whole channels of a sequence (`SpatialDropout2D` for images) |
# | `GaussianDropout` | multiplies by normal random numbers with mean 1 |
# | `GaussianNoise` | adds normal random numbers with mean 0 |
# | `AlphaDropout` | keeps mean and variance; for the activation `selu` |

# %% id="relatives-run"
ones = np.ones((1, 4, 3), dtype="float32")
for layer in (
    keras.layers.SpatialDropout1D(0.5, seed=1),
    keras.layers.GaussianDropout(0.5, seed=1),
    keras.layers.GaussianNoise(0.5, seed=1),
    keras.layers.AlphaDropout(0.5, seed=1),
):
    print(type(layer).__name__, np.array(layer(ones, training=True)[0]).round(1).astype(str).tolist())

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("06")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - **ドロップアウト**は、訓練のとき、値を確率$p$で0にし、残りを$1/(1-p)$倍します。推論では何もしません。
# - マスクは例ごと、1歩ごとに違います。消したユニットには、その例からの勾配が流れません。それでも重みが動くのは、ほかの例、モーメンタム、ペナルティのためです。
# - 率は検証データで選びます。高すぎると学習不足になります。入力へのドロップアウトも強い対策です。
# - 訓練中の成績は、ドロップアウトが働いた状態の平均です。
# - ドロップアウトで訓練したネットワークは、ユニットを失うことに強くなります。練習したことだからです。
# - モンテカルロドロップアウトの平均は、1回の予測とは別のものに近づきます。帯の幅は率に大きく左右されます。
#
# 前の課は[05　Elastic Net](05_elastic_net.ipynb)です。次の課は[07　対策の選び方](07_choosing.ipynb)です。これまでの対策を、同じ条件で比べます。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[Dropout](https://keras.io/api/layers/regularization_layers/dropout/)、[正則化の層](https://keras.io/api/layers/regularization_layers/)
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014). Dropout: a simple way to prevent neural networks from overfitting. Journal of Machine Learning Research 15, 1929–1958.
# - S. Wager, S. Wang, P. Liang (2013). Dropout training as adaptive regularization. NeurIPS. [arXiv:1307.1493](https://arxiv.org/abs/1307.1493)
# - Y. Gal, Z. Ghahramani (2016). Dropout as a Bayesian approximation. ICML. [arXiv:1506.02142](https://arxiv.org/abs/1506.02142)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - In training, **dropout** sets values to 0 with probability $p$ and multiplies the others by $1/(1-p)$. At inference it does nothing.
# - Masks differ from example to example and from step to step. A dropped unit gets no gradient from that example; other examples, momentum and penalties move its weights all the same.
# - Choose the rate on validation data; a high one causes underfitting. Dropout on the input is a strong remedy, too.
# - Scores during training are averages with dropout at work.
# - A network trained with dropout is robust when units are missing, for that is what it practiced.
# - Averages of Monte Carlo dropout approach something other than the single prediction, and the width of the band depends heavily on the rate.
#
# The previous lesson is [05 Elastic Net](05_elastic_net.ipynb). The next one, [07 Choosing between remedies](07_choosing.ipynb), compares the remedies under the same conditions.
#
# ## Read more
#
# - On Keras' pages: [Dropout](https://keras.io/api/layers/regularization_layers/dropout/), [regularization layers](https://keras.io/api/layers/regularization_layers/)
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014). Dropout: a simple way to prevent neural networks from overfitting. Journal of Machine Learning Research 15, 1929–1958.
# - S. Wager, S. Wang, P. Liang (2013). Dropout training as adaptive regularization. NeurIPS. [arXiv:1307.1493](https://arxiv.org/abs/1307.1493)
# - Y. Gal, Z. Ghahramani (2016). Dropout as a Bayesian approximation. ICML. [arXiv:1506.02142](https://arxiv.org/abs/1506.02142)
